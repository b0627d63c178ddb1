package io.atlas.kernel.quota;

import static io.atlas.kernel.quota.Limits.bucket;
import static io.atlas.kernel.quota.Limits.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Period;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    private static final long T0 = 1_795_132_800_000_000L;
    private static final long SECOND = 1_000_000;
    private static final Limit PER_MINUTE = bucket(Period.MINUTE, 100_000, 100_000);

    private final TokenBucket bucket = new TokenBucket();

    @ParameterizedTest(name = "{0} microseconds between two voids")
    @ValueSource(longs = {0, 1, 7_919, 20_000})
    void aHundredHoldsVoidedInOrderLeaveNothing(long pauseMicros) {
        assertThat(afterVoiding(hundredHolds(), pauseMicros)).isZero();
    }

    @ParameterizedTest(name = "{0} microseconds between two voids")
    @ValueSource(longs = {0, 1, 7_919, 20_000})
    void aHundredHoldsVoidedInReverseOrderLeaveNothing(long pauseMicros) {
        assertThat(afterVoiding(hundredHolds().reversed(), pauseMicros)).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13})
    void aHundredHoldsVoidedInRandomOrderLeaveNothing(long seed) {
        List<Counter.Hold> holds = hundredHolds();
        Collections.shuffle(holds, new Random(seed));
        assertThat(afterVoiding(holds, 20_000)).isZero();
    }

    @Test
    void aVoidGivesBackNoMoreThanHasNotLeaked() {
        Counter.Hold hold = bucket.take(PER_MINUTE, 100_000, T0);
        bucket.settle(PER_MINUTE, hold, 0, T0 + 30 * SECOND);

        assertThat(filled(bucket, PER_MINUTE, T0 + 30 * SECOND)).isZero();
        assertThat(bucket.waitMicros(PER_MINUTE, 100_000, T0 + 30 * SECOND)).isZero();
        bucket.take(PER_MINUTE, 100_000, T0 + 30 * SECOND);
        assertThat(bucket.waitMicros(PER_MINUTE, 1, T0 + 30 * SECOND)).isPositive();
    }

    @Test
    void whatLeakedBeforeALaterChargeIsNotGivenBackAfterIt() {
        Counter.Hold early = bucket.take(PER_MINUTE, 50_000, T0);
        long emptyAgain = T0 + 30 * SECOND;
        bucket.take(PER_MINUTE, 70_000, emptyAgain);

        bucket.settle(PER_MINUTE, early, 0, emptyAgain);

        assertThat(filled(bucket, PER_MINUTE, emptyAgain)).isEqualTo(70_000);
    }

    @Test
    void settlingChargesTheActualAndFreesTheRest() {
        Counter.Hold hold = bucket.take(PER_MINUTE, 60_000, T0);
        assertThat(bucket.level(PER_MINUTE, T0))
                .extracting(Level::used, Level::held)
                .containsExactly(0L, 60_000L);

        bucket.settle(PER_MINUTE, hold, 20_000, T0);

        assertThat(bucket.level(PER_MINUTE, T0))
                .extracting(Level::used, Level::held)
                .containsExactly(20_000L, 0L);
        assertThat(bucket.level(PER_MINUTE, T0).resetsAtMicros()).isEqualTo(T0 + 12 * SECOND);
    }

    @Test
    void anOverrunIsADebtThatBlocksUntilItHasLeaked() {
        Counter.Hold hold = bucket.take(PER_MINUTE, 100_000, T0);
        bucket.settle(PER_MINUTE, hold, 110_000, T0);

        assertThat(bucket.level(PER_MINUTE, T0).debt(PER_MINUTE.spec())).isEqualTo(10_000);
        assertThat(bucket.level(PER_MINUTE, T0).remaining(PER_MINUTE.spec())).isZero();
        assertThat(bucket.waitMicros(PER_MINUTE, 100_000, T0)).isEqualTo(66 * SECOND);
        assertThat(bucket.level(PER_MINUTE, T0 + 6 * SECOND).debt(PER_MINUTE.spec()))
                .isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
    void afterTheWaitItFitsAndOneMicrosecondEarlierItDoesNot(long seed) {
        Random random = new Random(seed);
        long amount = random.nextLong(1, 1_000_000);
        Limit limit = bucket(Period.MINUTE, amount, random.nextLong(1, 1_000_000));
        long now = T0;
        for (int step = 0; step < 200; step++) {
            long asked = random.nextLong(1, limit.spec().burst() + 1);
            long wait = bucket.waitMicros(limit, asked, now);
            if (wait > 0) {
                assertThat(filled(bucket, limit, now + wait - 1) + asked)
                        .as("seed %d, step %d, one microsecond before", seed, step)
                        .isGreaterThan(limit.spec().burst());
            }
            now += wait;
            assertThat(filled(bucket, limit, now) + asked)
                    .as("seed %d, step %d", seed, step)
                    .isLessThanOrEqualTo(limit.spec().burst());
            bucket.take(limit, asked, now);
            now += random.nextLong(1_000);
        }
    }

    @Test
    void aClockThatSteppedBackStandsStill() {
        bucket.take(PER_MINUTE, 100_000, T0);
        long back = T0 - 5 * SECOND;

        assertThat(filled(bucket, PER_MINUTE, back)).isEqualTo(100_000);
        assertThat(bucket.level(PER_MINUTE, back).resetsAtMicros()).isEqualTo(T0 + 60 * SECOND);
        assertThat(bucket.waitMicros(PER_MINUTE, 10_000, back)).isEqualTo(11 * SECOND);
        assertThat(filled(bucket, PER_MINUTE, T0 + SECOND)).isEqualTo(100_000 - 1_666);
        assertThat(bucket.waitMicros(PER_MINUTE, 10_000, back + 11 * SECOND)).isZero();
    }

    @Test
    void theAmountMayChangeWhileHoldsAreOpen() {
        Counter.Hold first = bucket.take(PER_MINUTE, 60_000, T0);
        Counter.Hold second = bucket.take(PER_MINUTE, 40_000, T0);
        Limit smaller = bucket(Period.MINUTE, 6_000, 6_000);

        assertThat(bucket.level(smaller, T0).debt(smaller.spec())).isZero();
        assertThat(bucket.level(smaller, T0).remaining(smaller.spec())).isZero();
        assertThat(filled(bucket, smaller, T0 + 10 * SECOND)).isEqualTo(99_000);

        bucket.settle(smaller, second, 0, T0 + 10 * SECOND);
        bucket.settle(smaller, first, 1_000, T0 + 10 * SECOND);
        assertThat(filled(bucket, smaller, T0 + 10 * SECOND)).isZero();
    }

    @Test
    void theLargestSumsAreCountedExactly() {
        long most = Money.MAX_NANO_USD;
        Limit dear = bucket(Period.HOUR, most, most);
        Counter.Hold hold = bucket.take(dear, most, T0);

        assertThat(bucket.waitMicros(dear, most, T0)).isEqualTo(3_600 * SECOND);
        assertThat(filled(bucket, dear, T0 + 1_800 * SECOND)).isEqualTo(most / 2);
        bucket.settle(dear, hold, most, T0 + 1_800 * SECOND);
        assertThat(filled(bucket, dear, T0 + 3_600 * SECOND - 1)).isEqualTo(2_500_000);
        assertThat(filled(bucket, dear, T0 + 3_600 * SECOND)).isZero();
        assertThat(filled(bucket, dear, Long.MAX_VALUE / 4)).isZero();
    }

    @Test
    void aWaitOfAgesIsStillAMomentInTime() {
        Limit slow = bucket(Period.HOUR, 1, Money.MAX_NANO_USD);
        bucket.take(slow, Money.MAX_NANO_USD, T0);

        assertThat(bucket.waitMicros(slow, Money.MAX_NANO_USD, T0)).isEqualTo(Long.MAX_VALUE / 2);
        assertThat(bucket.level(slow, T0).resetsAtMicros()).isGreaterThan(T0);
    }

    @Test
    void whatTheLedgerHoldsAlreadyLeaksLikeAnyCharge() {
        bucket.seed(PER_MINUTE, 30_000, T0);
        bucket.seed(PER_MINUTE, 40_000, T0 + 6 * SECOND);

        assertThat(filled(bucket, PER_MINUTE, T0 + 6 * SECOND)).isEqualTo(60_000);
        assertThat(bucket.level(PER_MINUTE, T0 + 42 * SECOND).used()).isZero();
    }

    @Test
    void aHoldOfAnotherCounterIsAMistake() {
        assertThatThrownBy(() -> bucket.settle(PER_MINUTE, new Slots.SlotHold(1), 1, T0))
                .hasMessage("hold: of another counter (expected: of acme:tokens/minute)");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void aStepTouchesOnlyLayersThatItRemoves(long seed) {
        List<Counter.Hold> holds = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            holds.add(bucket.take(PER_MINUTE, 10, T0));
        }
        int full = Pile.keptAliveBy(bucket);
        long now = T0;
        for (int drain = 0; drain < 10_000; drain++) {
            now += 6_000;
            bucket.level(PER_MINUTE, now);
        }
        assertThat(full).as("a layer for each hold").isBetween(10_000, 10_002);
        assertThat(Pile.keptAliveBy(bucket))
                .as("what has leaked away is no layer")
                .isLessThan(4);

        Collections.shuffle(holds, new Random(seed));
        for (Counter.Hold hold : holds) {
            bucket.settle(PER_MINUTE, hold, 5, now);
        }
        assertThat(Pile.keptAliveBy(bucket))
                .as("seed %d: the bucket and its top", seed)
                .isEqualTo(2);
        assertThat(filled(bucket, PER_MINUTE, now)).isZero();
    }

    @Test
    void anOldHoldKeepsNoLayerAliveThatHasEnded() {
        bucket.take(PER_MINUTE, 1_000, T0);
        Counter.Hold old = bucket.take(PER_MINUTE, 1_000, T0);
        long now = T0 + 60 * SECOND;
        for (int i = 0; i < 10_000; i++) {
            now += 1_000_000;
            Counter.Hold passing = bucket.take(PER_MINUTE, 10, now);
            bucket.settle(PER_MINUTE, passing, 5, now);
        }
        assertThat(Pile.keptAliveBy(old)).isLessThan(6);
    }

    private List<Counter.Hold> hundredHolds() {
        List<Counter.Hold> holds = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            assertThat(bucket.waitMicros(PER_MINUTE, 1_000, T0)).isZero();
            holds.add(bucket.take(PER_MINUTE, 1_000, T0));
        }
        assertThat(bucket.waitMicros(PER_MINUTE, 1_000, T0)).isPositive();
        return holds;
    }

    private long afterVoiding(List<Counter.Hold> holds, long pauseMicros) {
        long now = T0;
        for (Counter.Hold hold : holds) {
            now += pauseMicros;
            bucket.settle(PER_MINUTE, hold, 0, now);
        }
        return filled(bucket, PER_MINUTE, now);
    }
}
