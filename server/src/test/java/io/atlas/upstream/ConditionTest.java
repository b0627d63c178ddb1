package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.route.Breaker;
import io.atlas.model.Health;
import io.atlas.model.Health.Attention;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConditionTest {
    private static final int MOST_FAILURES = 3;
    private static final Health HEALTH = new Health(
            MOST_FAILURES, Duration.ofSeconds(10), Optional.empty(), Duration.ofSeconds(5), Attention.UNHEALTHY);
    private static final long NOW = 1_000_000_000;
    private static final long SECOND = 1_000_000;

    private final Condition condition = new Condition();

    @Test
    void oneOfWhichNothingIsKnownTakesRequests() {
        assertThat(condition.usable(NOW)).isTrue();
        assertThat(condition.full(NOW)).isFalse();
        assertThat(condition.waitMicros(NOW)).isZero();
        assertThat(condition.send(NOW)).isTrue();
    }

    @Test
    void onlyFailuresInARowKeepRequestsFromIt() {
        fail(MOST_FAILURES - 1);
        condition.served(NOW, NOW);
        fail(MOST_FAILURES - 1);
        assertThat(condition.healthy(NOW)).isTrue();
        fail(1);
        assertThat(condition.healthy(NOW)).isFalse();
        assertThat(condition.send(NOW)).isFalse();
        assertThat(condition.waitMicros(NOW)).isEqualTo(Breaker.OPEN_MICROS);
    }

    @Test
    void ofManyThreadsOneTriesItWhenItsTimeIsOver() {
        fail(MOST_FAILURES);
        long later = NOW + Breaker.OPEN_MICROS;
        AtomicInteger sent = new AtomicInteger();
        IntStream.range(0, 1_000).parallel().forEach(_ -> {
            if (condition.send(later)) {
                sent.incrementAndGet();
            }
        });
        assertThat(sent).hasValue(1);
        condition.served(later, later + 1);
        assertThat(condition.send(later + 1)).isTrue();
        assertThat(condition.send(later + 1)).isTrue();
    }

    @Test
    void aTrialOfWhichNothingCanBeSaidIsMadeByTheNext() {
        fail(MOST_FAILURES);
        long later = NOW + Breaker.OPEN_MICROS;
        assertThat(condition.send(later)).isTrue();
        assertThat(condition.send(later)).isFalse();
        condition.undecided(later);
        assertThat(condition.send(later)).isTrue();
    }

    @Test
    void whoIsFoundWellIsTriedBeforeItsTimeIsOver() {
        fail(MOST_FAILURES);
        condition.foundWell(NOW + 1);
        assertThat(condition.send(NOW + 1)).isTrue();
        assertThat(condition.send(NOW + 1)).isFalse();
    }

    @Test
    void whoIsFullIsHealthyAndLeftAloneForAsLongAsItAsksButNotForLonger() {
        condition.isFull(NOW, OptionalLong.of(4_000), HEALTH);
        assertThat(condition.healthy(NOW)).isTrue();
        assertThat(condition.usable(NOW)).isFalse();
        assertThat(condition.send(NOW + 4 * SECOND - 1)).isFalse();
        assertThat(condition.waitMicros(NOW + SECOND)).isEqualTo(3 * SECOND);
        assertThat(condition.send(NOW + 4 * SECOND)).isTrue();

        condition.isFull(NOW, OptionalLong.of(3_600_000), HEALTH);
        assertThat(condition.waitMicros(NOW)).isEqualTo(10 * SECOND);
    }

    @Test
    void whoIsFullAndDoesNotSayForHowLongIsStillUsableButForASecondLessWanted() {
        condition.isFull(NOW, OptionalLong.empty(), HEALTH);
        assertThat(condition.usable(NOW)).isTrue();
        assertThat(condition.full(NOW + SECOND - 1)).isTrue();
        assertThat(condition.full(NOW + SECOND)).isFalse();
    }

    @Test
    void ofARestAndAnOpenBreakerTheLongerOneIsWaitedFor() {
        condition.isFull(NOW, OptionalLong.of(10_000), HEALTH);
        fail(MOST_FAILURES);
        assertThat(condition.waitMicros(NOW)).isEqualTo(Breaker.OPEN_MICROS);
        long later = NOW + Breaker.OPEN_MICROS - SECOND;
        condition.isFull(later, OptionalLong.of(8_000), HEALTH);
        assertThat(condition.waitMicros(later)).isEqualTo(8 * SECOND);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            condition.failed(NOW, NOW, HEALTH);
        }
    }
}
