package io.atlas.kernel.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.pool.Learned.Mark;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LearnedTest {
    private static final long SECOND = 1_000_000;
    private static final long NOW = 1_800_000_000L * SECOND;

    private final Learned learned = new Learned();

    @Test
    void nothingIsKnownBeforeAProviderHasSpoken() {
        assertThat(learned.waitMicros(tokens(1_000_000), NOW)).isZero();
        assertThat(learned.known(NOW)).isEmpty();
    }

    @Test
    void whatIsLeftIsGivenOutOnceAndComesBackEvenly() {
        Mark mark = learned.take(tokens(100));
        learned.hear(mark, List.of(told(1_000, 300, 70 * SECOND)), NOW);

        assertThat(learned.waitMicros(tokens(300), NOW)).isZero();
        learned.take(tokens(250));
        assertThat(learned.waitMicros(tokens(50), NOW)).isZero();
        assertThat(learned.waitMicros(tokens(150), NOW)).isEqualTo(10 * SECOND);
        assertThat(learned.waitMicros(tokens(150), NOW + 10 * SECOND)).isZero();
    }

    @Test
    void whatWasSentBeforeTheAnswerCameIsNotInIt() {
        Mark mark = learned.take(tokens(100));
        learned.take(tokens(200));
        learned.hear(mark, List.of(told(1_000, 300, 70 * SECOND)), NOW);

        assertThat(learned.waitMicros(tokens(100), NOW)).isZero();
        assertThat(learned.waitMicros(tokens(110), NOW)).isPositive();
    }

    @Test
    void aLateWordIsNotHeard() {
        Mark early = learned.take(tokens(100));
        Mark late = learned.take(tokens(100));
        learned.hear(late, List.of(told(1_000, 0, 60 * SECOND)), NOW);
        learned.hear(early, List.of(told(1_000, 900, 60 * SECOND)), NOW);

        assertThat(learned.waitMicros(tokens(500), NOW)).isEqualTo(30 * SECOND);
    }

    @Test
    void whereNoMomentIsNamedNothingIsBackForAMinute() {
        Mark mark = learned.take(tokens(100));
        learned.hear(mark, List.of(new Told(Kind.TOKENS, 1_000, 500, OptionalLong.empty())), NOW);

        assertThat(learned.waitMicros(tokens(500), NOW)).isZero();
        assertThat(learned.waitMicros(tokens(501), NOW + 50 * SECOND)).isEqualTo(10 * SECOND);
        assertThat(learned.waitMicros(tokens(10_000), NOW + 60 * SECOND)).isZero();
    }

    @Test
    void oneThatRefusedIsLeftAloneAsLongAsItSays() {
        learned.closed(NOW + 7 * SECOND);
        learned.closed(NOW + 3 * SECOND);

        assertThat(learned.waitMicros(tokens(1), NOW)).isEqualTo(7 * SECOND);
        assertThat(learned.waitMicros(tokens(1), NOW + 7 * SECOND)).isZero();
    }

    @Test
    void whoeverWaitsAsLongAsHeIsToldHasRoomThen() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            Learned one = new Learned();
            long limit = 1L + random.nextInt(1_000_000);
            Mark mark = one.take(tokens(random.nextInt(1_000)));
            long fullAfter = 1L + random.nextInt(600_000_000);
            one.hear(mark, List.of(told(limit, random.nextLong(limit + 1), fullAfter)), NOW);
            one.take(tokens(random.nextInt(1_000)));
            Demand wanted = tokens(random.nextInt(100_000));
            long wait = one.waitMicros(wanted, NOW);
            assertThat(one.waitMicros(wanted, NOW + wait)).as("seed " + seed).isZero();
            assertThat(wait).as("seed " + seed).isLessThanOrEqualTo(fullAfter);
        }
    }

    private static Demand tokens(long tokens) {
        return new Demand(tokens, 0, 0);
    }

    private static Told told(long limit, long remaining, long fullAfterMicros) {
        return new Told(Kind.TOKENS, limit, remaining, OptionalLong.of(fullAfterMicros));
    }
}
