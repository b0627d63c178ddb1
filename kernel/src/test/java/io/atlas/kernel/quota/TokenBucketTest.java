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

    private final TokenBucket bucket = new TokenBucket(PER_MINUTE);

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
        List<Meter.Hold> holds = hundredHolds();
        Collections.shuffle(holds, new Random(seed));
        assertThat(afterVoiding(holds, 20_000)).isZero();
    }

    @Test
    void aVoidGivesBackNoMoreThanHasNotLeaked() {
        Meter.Hold hold = bucket.take(100_000, T0);
        bucket.settle(hold, 0, T0 + 30 * SECOND);

        assertThat(filled(bucket, T0 + 30 * SECOND)).isZero();
        assertThat(bucket.waitMicros(PER_MINUTE.spec(), 100_000, T0 + 30 * SECOND))
                .isZero();
        bucket.take(100_000, T0 + 30 * SECOND);
        assertThat(bucket.waitMicros(PER_MINUTE.spec(), 1, T0 + 30 * SECOND)).isPositive();
    }

    @Test
    void whatLeakedBeforeALaterChargeIsNotGivenBackAfterIt() {
        Meter.Hold early = bucket.take(50_000, T0);
        long emptyAgain = T0 + 30 * SECOND;
        bucket.take(70_000, emptyAgain);

        bucket.settle(early, 0, emptyAgain);

        assertThat(filled(bucket, emptyAgain)).isEqualTo(70_000);
    }

    @Test
    void settlingChargesTheActualAndFreesTheRest() {
        Meter.Hold hold = bucket.take(60_000, T0);
        assertThat(bucket.level(T0)).extracting(Level::used, Level::held).containsExactly(0L, 60_000L);

        bucket.settle(hold, 20_000, T0);

        assertThat(bucket.level(T0)).extracting(Level::used, Level::held).containsExactly(20_000L, 0L);
        assertThat(bucket.level(T0).resetsAtMicros()).isEqualTo(T0 + 12 * SECOND);
    }

    @Test
    void anOverrunIsADebtThatBlocksUntilItHasLeaked() {
        Meter.Hold hold = bucket.take(100_000, T0);
        bucket.settle(hold, 110_000, T0);

        assertThat(bucket.level(T0).debt(PER_MINUTE.spec())).isEqualTo(10_000);
        assertThat(bucket.level(T0).remaining(PER_MINUTE.spec())).isZero();
        assertThat(bucket.waitMicros(PER_MINUTE.spec(), 100_000, T0)).isEqualTo(66 * SECOND);
        assertThat(bucket.level(T0 + 6 * SECOND).debt(PER_MINUTE.spec())).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
    void afterTheWaitItFitsAndOneMicrosecondEarlierItDoesNot(long seed) {
        Random random = new Random(seed);
        long amount = random.nextLong(1, 1_000_000);
        Limit limit = bucket(Period.MINUTE, amount, random.nextLong(1, 1_000_000));
        TokenBucket any = new TokenBucket(limit);
        long now = T0;
        for (int step = 0; step < 200; step++) {
            long asked = random.nextLong(1, limit.spec().burst() + 1);
            long wait = any.waitMicros(limit.spec(), asked, now);
            if (wait > 0) {
                assertThat(filled(any, now + wait - 1) + asked)
                        .as("seed %d, step %d, one microsecond before", seed, step)
                        .isGreaterThan(limit.spec().burst());
            }
            now += wait;
            assertThat(filled(any, now) + asked)
                    .as("seed %d, step %d", seed, step)
                    .isLessThanOrEqualTo(limit.spec().burst());
            any.take(asked, now);
            now += random.nextLong(1_000);
        }
    }

    @Test
    void aClockThatSteppedBackStandsStill() {
        bucket.take(100_000, T0);
        long back = T0 - 5 * SECOND;

        assertThat(filled(bucket, back)).isEqualTo(100_000);
        assertThat(bucket.level(back).resetsAtMicros()).isEqualTo(T0 + 60 * SECOND);
        assertThat(bucket.waitMicros(PER_MINUTE.spec(), 10_000, back)).isEqualTo(11 * SECOND);
        assertThat(filled(bucket, T0 + SECOND)).isEqualTo(100_000 - 1_666);
        assertThat(bucket.waitMicros(PER_MINUTE.spec(), 10_000, back + 11 * SECOND))
                .isZero();
    }

    @Test
    void theAmountMayChangeWhileHoldsAreOpen() {
        Meter.Hold first = bucket.take(60_000, T0);
        Meter.Hold second = bucket.take(40_000, T0);
        Limit smaller = bucket(Period.MINUTE, 6_000, 6_000);
        bucket.become(smaller, T0);

        assertThat(bucket.level(T0).debt(smaller.spec())).isZero();
        assertThat(bucket.level(T0).remaining(smaller.spec())).isZero();
        assertThat(filled(bucket, T0 + 10 * SECOND)).isEqualTo(99_000);

        bucket.settle(second, 0, T0 + 10 * SECOND);
        bucket.settle(first, 1_000, T0 + 10 * SECOND);
        assertThat(filled(bucket, T0 + 10 * SECOND)).isZero();
    }

    @Test
    void theLargestSumsAreCountedExactly() {
        long most = Money.MAX_NANO_USD;
        Limit dear = bucket(Period.HOUR, most, most);
        TokenBucket rich = new TokenBucket(dear);
        Meter.Hold hold = rich.take(most, T0);

        assertThat(rich.waitMicros(dear.spec(), most, T0)).isEqualTo(3_600 * SECOND);
        assertThat(filled(rich, T0 + 1_800 * SECOND)).isEqualTo(most / 2);
        rich.settle(hold, most, T0 + 1_800 * SECOND);
        assertThat(filled(rich, T0 + 3_600 * SECOND - 1)).isEqualTo(2_500_000);
        assertThat(filled(rich, T0 + 3_600 * SECOND)).isZero();
        assertThat(filled(rich, Long.MAX_VALUE / 4)).isZero();
    }

    @Test
    void aWaitOfAgesIsStillAMomentInTime() {
        Limit slow = bucket(Period.HOUR, 1, Money.MAX_NANO_USD);
        TokenBucket rich = new TokenBucket(slow);
        rich.take(Money.MAX_NANO_USD, T0);

        assertThat(rich.waitMicros(slow.spec(), Money.MAX_NANO_USD, T0)).isEqualTo(Long.MAX_VALUE / 2);
        assertThat(rich.level(T0).resetsAtMicros()).isGreaterThan(T0);
    }

    @Test
    void whatTheLedgerHoldsAlreadyLeaksLikeAnyCharge() {
        bucket.seed(30_000, T0);
        bucket.seed(40_000, T0 + 6 * SECOND);

        assertThat(filled(bucket, T0 + 6 * SECOND)).isEqualTo(60_000);
        assertThat(bucket.level(T0 + 42 * SECOND).used()).isZero();
    }

    @Test
    void aHoldOfAnotherCounterIsAMistake() {
        Meter.Hold place = Limits.meter(LimitSpec.concurrent(1)).take(1, T0);

        assertThatThrownBy(() -> bucket.settle(place, 1, T0))
                .hasMessage("hold: of another meter (expected: of acme:tokens/minute)");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void aStepTouchesOnlyLayersThatItRemoves(long seed) {
        List<Meter.Hold> holds = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            holds.add(bucket.take(10, T0));
        }
        int full = Pile.keptAliveBy(bucket);
        long now = T0;
        for (int drain = 0; drain < 10_000; drain++) {
            now += 6_000;
            bucket.level(now);
        }
        assertThat(full).as("a layer for each hold").isBetween(10_000, 10_002);
        assertThat(Pile.keptAliveBy(bucket))
                .as("what has leaked away is no layer")
                .isLessThan(4);

        Collections.shuffle(holds, new Random(seed));
        for (Meter.Hold hold : holds) {
            bucket.settle(hold, 5, now);
        }
        assertThat(Pile.keptAliveBy(bucket))
                .as("seed %d: the bucket and its top", seed)
                .isEqualTo(2);
        assertThat(filled(bucket, now)).isZero();
    }

    @Test
    void anOldHoldKeepsNoLayerAliveThatHasEnded() {
        bucket.take(1_000, T0);
        Meter.Hold old = bucket.take(1_000, T0);
        long now = T0 + 60 * SECOND;
        for (int i = 0; i < 10_000; i++) {
            now += 1_000_000;
            Meter.Hold passing = bucket.take(10, now);
            bucket.settle(passing, 5, now);
        }
        assertThat(Pile.keptAliveBy(old)).isLessThan(6);
    }

    private List<Meter.Hold> hundredHolds() {
        List<Meter.Hold> holds = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            assertThat(bucket.waitMicros(PER_MINUTE.spec(), 1_000, T0)).isZero();
            holds.add(bucket.take(1_000, T0));
        }
        assertThat(bucket.waitMicros(PER_MINUTE.spec(), 1_000, T0)).isPositive();
        return holds;
    }

    private long afterVoiding(List<Meter.Hold> holds, long pauseMicros) {
        long now = T0;
        for (Meter.Hold hold : holds) {
            now += pauseMicros;
            bucket.settle(hold, 0, now);
        }
        return filled(bucket, now);
    }
}
