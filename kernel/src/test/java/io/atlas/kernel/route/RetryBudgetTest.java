package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000;

    @Test
    void aBackendWithLittleToDoIsRetriedToo() {
        RetryBudget budget = new RetryBudget(0);

        assertThat(retries(budget, 100, 0)).isEqualTo(RetryBudget.RESERVE);
        assertThat(retries(budget, 100, 2 * SECOND - 1)).isZero();
        assertThat(retries(budget, 100, 2 * SECOND)).isEqualTo(1);
        assertThat(retries(budget, 100, 3_600 * SECOND)).isEqualTo(RetryBudget.RESERVE);
    }

    @Test
    void fiveFirstRequestsPayForOneRetry() {
        RetryBudget budget = new RetryBudget(0);
        retries(budget, 100, 0);
        for (int i = 0; i < 50; i++) {
            budget.first(0);
        }

        assertThat(retries(budget, 100, 0)).isEqualTo(10);
    }

    @Test
    void whatIsSavedHasABound() {
        RetryBudget budget = new RetryBudget(0);
        for (int i = 0; i < 1_000_000; i++) {
            budget.first(0);
        }

        assertThat(retries(budget, 1_000, 0)).isEqualTo(RetryBudget.MOST_SAVED);
    }

    @Test
    void aClockThatStepsBackGivesNothing() {
        RetryBudget budget = new RetryBudget(100 * SECOND);
        retries(budget, 100, 100 * SECOND);

        assertThat(retries(budget, 100, 0)).isZero();
        assertThat(retries(budget, 100, 101 * SECOND)).isZero();
        assertThat(retries(budget, 100, 102 * SECOND)).isEqualTo(1);
    }

    /** Over every span of every history, not only from its beginning. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fromEveryMomentOnTheRetriesAreWithinTheirShare(long seed) {
        Random random = new Random(seed);
        RetryBudget budget = new RetryBudget(0);
        List<long[]> history = new ArrayList<>();
        long now = 0;
        long firsts = 0;
        long retries = 0;
        for (int step = 0; step < 2_000; step++) {
            now += random.nextInt(10) == 0 ? random.nextLong(10 * SECOND) : random.nextLong(SECOND / 50);
            if (random.nextInt(4) == 0) {
                budget.first(now);
                firsts++;
            } else if (budget.retry(now)) {
                retries++;
            }
            history.add(new long[] {now, firsts, retries});
        }
        for (int from = 0; from < history.size(); from += 7) {
            long[] then = history.get(from);
            long[] last = history.getLast();
            double most = RetryBudget.MOST_SAVED
                    + (last[1] - then[1]) / 5.0
                    + (last[0] - then[0]) / (double) RetryBudget.TRICKLE_MICROS;
            assertThat((double) (last[2] - then[2]))
                    .as("seed %d from %d", seed, from)
                    .isLessThanOrEqualTo(most);
        }
        double all = RetryBudget.RESERVE + firsts / 5.0 + now / (double) RetryBudget.TRICKLE_MICROS;
        assertThat((double) retries)
                .as("seed %d", seed)
                .isLessThanOrEqualTo(all)
                .isGreaterThan(firsts / 5.0);
    }

    private static int retries(RetryBudget budget, int tries, long nowMicros) {
        int given = 0;
        for (int i = 0; i < tries; i++) {
            given += budget.retry(nowMicros) ? 1 : 0;
        }
        return given;
    }
}
