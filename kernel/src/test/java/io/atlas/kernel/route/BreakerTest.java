package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.route.Breaker.State;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final long SECOND = 1_000_000;
    private static final int MOST = 5;

    @Test
    void itOpensAfterSoManyFailuresInARow() {
        Breaker breaker = failures(Breaker.NEW, MOST - 1, 0);
        assertThat(breaker.admits(0)).isTrue();
        Breaker served = breaker.served(0, 0);
        assertThat(failures(served, MOST - 1, 0).admits(0)).isTrue();

        Breaker open = breaker.failed(0, 0, MOST);

        assertThat(open.state()).isEqualTo(State.OPEN);
        assertThat(open.admits(0)).isFalse();
        assertThat(open.waitMicros(10 * SECOND)).isEqualTo(20 * SECOND);
        assertThat(open.admits(30 * SECOND)).isTrue();
    }

    @Test
    void oneRequestTriesItAndTheOthersWait() {
        Breaker trial = failures(Breaker.NEW, MOST, 0).sent(30 * SECOND);

        assertThat(trial.admits(30 * SECOND)).isFalse();
        assertThat(trial.answered(30 * SECOND, 31 * SECOND, MOST).admits(31 * SECOND))
                .isTrue();
        assertThat(trial.admits(60 * SECOND))
                .as("a trial that is never heard of")
                .isTrue();
        assertThat(trial.undecided(30 * SECOND).admits(31 * SECOND))
                .as("a trial whose caller left")
                .isTrue();
    }

    @Test
    void aTrialThatFailsOpensItForLongerEachTimeUpToFiveMinutes() {
        List<Long> waits = new ArrayList<>();
        Breaker breaker = failures(Breaker.NEW, MOST, 0);
        long now = 0;
        for (int i = 0; i < 12; i++) {
            waits.add(breaker.waitMicros(now) / SECOND);
            now += breaker.waitMicros(now);
            breaker = breaker.sent(now).failed(now, now, MOST);
        }

        assertThat(waits).containsExactly(30L, 60L, 90L, 120L, 150L, 180L, 210L, 240L, 270L, 300L, 300L, 300L);
    }

    @Test
    void anAnswerThatOnlyBeganIsNotTrustedYet() {
        Breaker begun = failures(Breaker.NEW, MOST, 0).sent(30 * SECOND).answered(30 * SECOND, 31 * SECOND, MOST);

        Breaker broken = begun.failed(32 * SECOND, 33 * SECOND, MOST);
        assertThat(broken.state()).isEqualTo(State.OPEN);
        assertThat(broken.waitMicros(33 * SECOND)).isEqualTo(60 * SECOND);
        Breaker served = begun.served(32 * SECOND, 33 * SECOND);
        assertThat(failures(served, MOST - 1, 34 * SECOND).admits(34 * SECOND)).isTrue();
    }

    @Test
    void whatWasSentBeforeSaysNothing() {
        Breaker open = failures(Breaker.NEW, MOST, SECOND);
        assertThat(open.failed(0, 2 * SECOND, MOST)).isEqualTo(open);
        assertThat(open.served(0, 2 * SECOND)).isEqualTo(open);
        Breaker trial = open.sent(40 * SECOND);
        assertThat(trial.failed(0, 41 * SECOND, MOST)).isEqualTo(trial);
        assertThat(trial.served(0, 41 * SECOND)).isEqualTo(trial);
        assertThat(trial.undecided(0)).isEqualTo(trial);
        Breaker closed = trial.served(40 * SECOND, 42 * SECOND);
        assertThat(failures(closed, 2 * MOST, 0)).isEqualTo(closed);
    }

    @Test
    void whoLooksAfterItShortensItsTime() {
        Breaker open = failures(Breaker.NEW, MOST, 0);

        assertThat(open.foundWell(SECOND).admits(SECOND)).isTrue();
        assertThat(open.foundWell(SECOND).state()).isEqualTo(State.OPEN);
        assertThat(Breaker.NEW.foundWell(SECOND)).isEqualTo(Breaker.NEW);
    }

    /**
     * Requests at random to a deployment that is well and dead by turns: it is never sent two trials at once, an open one
     * nothing at all, a dead one little, and one that has recovered is found again within its longest time.
     */
    @Test
    void aWalkThroughGoodAndBadTimes() {
        int opened = 0;
        for (long seed = 0; seed < 500; seed++) {
            opened += new Walk(seed).run();
        }
        assertThat(opened).as("openings in all walks").isGreaterThan(500);
    }

    private static Breaker failures(Breaker from, int count, long nowMicros) {
        Breaker breaker = from;
        for (int i = 0; i < count; i++) {
            breaker = breaker.failed(nowMicros, nowMicros, MOST);
        }
        return breaker;
    }

    /** A request on its way: whether it will be answered was decided when it was sent. */
    private record Sent(long atMicros, long endsMicros, boolean well) {}

    private static final class Walk {
        private final SplittableRandom random;
        private final List<Sent> onTheWay = new ArrayList<>();
        private Breaker breaker = Breaker.NEW;
        private long nowMicros;
        private boolean well = true;
        private long wellSinceMicros;
        private int sentToDead;
        private int openings;

        Walk(long seed) {
            random = new SplittableRandom(seed);
        }

        int run() {
            for (int step = 0; step < 1_000; step++) {
                nowMicros += random.nextLong(SECOND);
                if (random.nextInt(100) == 0) {
                    well = !well;
                    wellSinceMicros = nowMicros;
                    sentToDead = 0;
                }
                end();
                arrive();
            }
            return openings;
        }

        private void arrive() {
            State before = breaker.state();
            if (!breaker.admits(nowMicros)) {
                assertThat(before).isNotEqualTo(State.CLOSED);
                boolean recoveredLongAgo = well
                        && nowMicros - wellSinceMicros
                                > 2 * (Breaker.LONGEST_MICROS + Breaker.TRIAL_MICROS) + 100 * SECOND;
                assertThat(recoveredLongAgo).as("found again at %d", nowMicros).isFalse();
                return;
            }
            if (before == State.HALF_OPEN) {
                assertThat(nowMicros - breaker.sinceMicros()).isGreaterThanOrEqualTo(Breaker.TRIAL_MICROS);
            }
            breaker = breaker.sent(nowMicros);
            if (before != State.CLOSED) {
                assertThat(breaker.admits(nowMicros)).as("a second trial").isFalse();
            }
            if (!well) {
                sentToDead++;
            }
            onTheWay.add(new Sent(nowMicros, nowMicros + random.nextLong(5 * SECOND), well));
        }

        private void end() {
            List<Sent> over = onTheWay.stream()
                    .filter(sent -> sent.endsMicros <= nowMicros)
                    .toList();
            onTheWay.removeAll(over);
            for (Sent sent : over) {
                State before = breaker.state();
                breaker = after(sent);
                assertThat(breaker.failures()).isLessThan(MOST);
                if (breaker.state() == State.OPEN && before != State.OPEN) {
                    openings++;
                }
                if (before == State.OPEN) {
                    assertThat(breaker.state()).isEqualTo(State.OPEN);
                }
            }
            // Five that fail, what was on its way until they did, and a trial now and then.
            long dead = nowMicros - wellSinceMicros;
            assertThat((long) sentToDead).isLessThanOrEqualTo(MOST + 40 + dead / Breaker.OPEN_MICROS);
        }

        private Breaker after(Sent sent) {
            if (random.nextInt(20) == 0) {
                return breaker.undecided(sent.atMicros);
            }
            return sent.well
                    ? breaker.answered(sent.atMicros, nowMicros, MOST).served(sent.atMicros, nowMicros)
                    : breaker.failed(sent.atMicros, nowMicros, MOST);
        }
    }
}
