package io.atlas.kernel.quota;

import static io.atlas.kernel.quota.Limits.bucket;
import static io.atlas.kernel.quota.Limits.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.unit.Period;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of the bucket beside {@link ActualsBucket}. The two levels never differ by a whole unit. So it never
 * admits more than a bucket that had known every answer's size beforehand, and never refuses where that would not.
 */
class TokenBucketWalkTest {
    private static final int STEPS = 400;
    private static final List<Period> PERIODS = List.of(Period.SECOND, Period.MINUTE, Period.HOUR);

    enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST,
        ANY
    }

    private record Open(Meter.Hold hold, int charge) {}

    static Stream<Arguments> walks() {
        return Stream.of(Order.values())
                .flatMap(order -> LongStream.rangeClosed(1, 40).mapToObj(seed -> Arguments.of(order, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("walks")
    void theLevelIsThatOfABucketThatHadChargedTheActuals(Order order, long seed) {
        Walk walk = new Walk(order, seed);
        for (int step = 0; step < STEPS; step++) {
            walk.step();
            walk.compare("seed " + seed + ", " + order + ", step " + step);
        }
        walk.settleAll();
        walk.compare("seed " + seed + ", " + order + ", all settled");
    }

    /** One history, told to both. */
    private static final class Walk {
        private final Order order;
        private final Random random;
        private final Period period;
        private final TokenBucket bucket;
        private final ActualsBucket oracle;
        private final List<Open> open = new ArrayList<>();
        private final long scale;
        private Limit limit;
        private long nowMicros = 1_795_132_800_000_000L;
        /** The bucket's own clock: it stands still while the one it is told steps back. */
        private long latestMicros = nowMicros;

        Walk(Order order, long seed) {
            this.order = order;
            random = new Random(seed);
            period = PERIODS.get(random.nextInt(PERIODS.size()));
            scale = 1L << random.nextInt(3, 40);
            limit = anyLimit();
            bucket = new TokenBucket(limit);
            oracle = new ActualsBucket(period.micros(), limit.spec().amount(), nowMicros);
            bucket.level(nowMicros);
        }

        void step() {
            passTime();
            switch (random.nextInt(20)) {
                case 0 -> changeAmount();
                case 1 -> seed();
                case 2, 3, 4, 5, 6, 7, 8, 9, 10 -> reserve();
                default -> settle();
            }
        }

        void settleAll() {
            while (!open.isEmpty()) {
                settle();
            }
        }

        void compare(String where) {
            BigInteger exact = oracle.scaledLevel(latestMicros);
            BigInteger ours = oracle.scaled(filled(bucket, latestMicros));
            assertThat(ours.subtract(exact).abs())
                    .as("%s: level %s, exactly %s", where, ours, exact)
                    .isLessThan(oracle.scaled(1));
            assertThat(bucket.level(nowMicros).held()).as(where).isLessThanOrEqualTo(reserved());
        }

        private long reserved() {
            return open.stream().mapToLong(one -> one.hold().amount()).sum();
        }

        private void passTime() {
            long micros = switch (random.nextInt(12)) {
                case 0 -> 0;
                case 1 -> -random.nextLong(period.micros());
                case 2 -> random.nextLong(2 * period.micros());
                case 3 -> 1;
                default -> random.nextLong(period.micros() / 10);
            };
            nowMicros += micros;
            latestMicros = Math.max(latestMicros, nowMicros);
        }

        private void reserve() {
            long amount = random.nextLong(1, limit.spec().burst() + 1) >>> random.nextInt(8);
            boolean fits = bucket.waitMicros(limit.spec(), amount, nowMicros) == 0;
            BigInteger after = oracle.scaledLevel(latestMicros).add(oracle.scaled(amount));
            if (fits) {
                assertThat(after)
                        .as("admitted")
                        .isLessThan(oracle.scaled(limit.spec().burst() + 1));
                open.add(new Open(bucket.take(amount, nowMicros), oracle.charge(amount, latestMicros)));
            } else {
                assertThat(after)
                        .as("refused")
                        .isGreaterThan(oracle.scaled(limit.spec().burst() - 1));
            }
        }

        private void settle() {
            if (open.isEmpty()) {
                return;
            }
            Open one = open.remove(
                    switch (order) {
                        case OLDEST_FIRST -> 0;
                        case NEWEST_FIRST -> open.size() - 1;
                        case ANY -> random.nextInt(open.size());
                    });
            long reserved = one.hold().amount();
            long actual = switch (random.nextInt(6)) {
                case 0, 1 -> 0;
                case 2 -> reserved;
                case 3 -> reserved + random.nextLong(scale);
                default -> random.nextLong(reserved + 1);
            };
            bucket.settle(one.hold(), actual, nowMicros);
            oracle.settle(one.charge(), actual, latestMicros);
        }

        private void seed() {
            long amount = random.nextLong(scale);
            bucket.seed(amount, nowMicros);
            oracle.charge(amount, latestMicros);
        }

        private void changeAmount() {
            limit = anyLimit();
            bucket.become(limit, nowMicros);
            oracle.leak(limit.spec().amount(), latestMicros);
        }

        private Limit anyLimit() {
            long amount = random.nextLong(1, scale + 1);
            return bucket(period, amount, random.nextLong(1, 4 * scale));
        }
    }
}
