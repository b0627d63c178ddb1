package io.atlas.kernel.fair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.kernel.fair.Engine.Customer;
import io.atlas.kernel.fair.Engine.Telling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each gets of a backend in the long run, on requests as long as real ones. */
class SharesTest {
    private static final Capacity TEN_PLACES = new Capacity(10, 1_000, 1L << 40);
    private static final long LONG_MICROS = 20_000_000;

    private final SplittableRandom random = new SplittableRandom(42);

    @Test
    void bandsGetWhatIsLeftAndWhatTheyAreSureOf() {
        Engine engine = engine(TEN_PLACES, List.of(20, 10, 0), Turns.Lift.ONE_REQUEST);
        List<Customer> bands =
                List.of(new Customer("high", 20, 1), new Customer("middle", 10, 1), new Customer("low", 0, 1));
        double[] offered = {1.5, 1.0, 1.0};
        for (int i = 0; i < 3; i++) {
            engine.askAtRandom(bands.get(i), 10 * offered[i], random.split());
        }
        engine.runUntil(LONG_MICROS);

        assertThat(percentOfAll(engine, bands, 0)).isCloseTo(75, within(2.0));
        assertThat(percentOfAll(engine, bands, 1)).isCloseTo(20, within(1.0));
        assertThat(percentOfAll(engine, bands, 2)).isCloseTo(5, within(1.0));
        assertThat(engine.utilisation()).isGreaterThanOrEqualTo(0.99);
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 10, 0})
    void aBandThatIsAloneHasAllPlaces(int priority) {
        Engine engine = engine(TEN_PLACES, List.of(20, 10, 0), Turns.Lift.ONE_REQUEST);
        Customer alone = new Customer("alone", priority, 1);
        engine.askAtRandom(alone, 15, random);
        engine.runUntil(LONG_MICROS);

        assertThat(engine.utilisation()).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void tenantsWhoAlwaysWaitAreServedByTheirWeights() {
        Engine engine = engine(TEN_PLACES, List.of(0), Turns.Lift.ONE_REQUEST);
        int[] weights = {1, 1, 2, 4, 8};
        List<Customer> tenants = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            tenants.add(new Customer("tenant-" + i, 0, weights[i]));
        }
        engine.afterEach = () -> tenants.forEach(tenant -> engine.keepAsking(tenant, 40, random));
        engine.at(0, () -> {});
        engine.runUntil(LONG_MICROS);

        for (int i = 0; i < weights.length; i++) {
            assertThat(percentOfAll(engine, tenants, i))
                    .as("weight %d", weights[i])
                    .isCloseTo(100.0 * weights[i] / 16, within(1.0));
        }
    }

    @Test
    void whoAsksForTwentyTimesHisShareMakesNobodyElseWait() {
        long without = waitOfTheLight(0.001, Optional.empty());
        long beside = waitOfTheLight(20, Optional.empty());
        long firstCome = waitOfTheLight(20, Optional.of("one line"));

        assertThat((double) beside).isLessThanOrEqualTo(1.3 * without);
        assertThat((double) firstCome).as("the same as one line").isGreaterThan(10.0 * without);
    }

    /**
     * The 99th percentile of four tenants who ask for less than their tenth of 40 places, beside five who always have
     * something waiting, and one who asks for many times his share. All that is asked in one name is one line.
     */
    private static long waitOfTheLight(double timesItsShare, Optional<String> name) {
        SplittableRandom random = new SplittableRandom(7);
        Engine engine = engine(new Capacity(40, 1_000_000, 1L << 40), List.of(0), Turns.Lift.ONE_REQUEST);
        List<Customer> all = IntStream.range(0, 10)
                .mapToObj(i -> new Customer(name.orElse("tenant-" + i), 0, 1))
                .toList();
        List<Customer> light = all.subList(0, 4);
        light.forEach(tenant -> engine.askAtRandom(tenant, 4 * 0.5, random.split()));
        engine.askAtRandom(all.get(4), 4 * timesItsShare, random.split());
        SplittableRandom ofGreedy = random.split();
        engine.afterEach = () -> all.subList(5, 10).forEach(tenant -> engine.keepAsking(tenant, 20, ofGreedy));
        engine.runUntil(LONG_MICROS / 4);
        Customer together = new Customer("together", 0, 1);
        light.forEach(tenant -> together.waits.addAll(tenant.waits));
        return together.waited(99);
    }

    @Test
    void whoKeepsFewOnTheirWayGetsHisShare() {
        assertThat(percentOfTheBrief(Turns.Lift.ONE_REQUEST))
                .isGreaterThanOrEqualTo(
                        0.97 * percentOfTheBrief(sharer -> sharer.running > 0 ? Long.MAX_VALUE / 2 : 0));
    }

    @Test
    void aLiftThatLooksAtTheLineAloneShows() {
        assertThat(percentOfTheBrief(_ -> 0)).isLessThan(0.97 * percentOfTheBrief(Turns.Lift.ONE_REQUEST));
    }

    /** One of five on 48 places who never has more than ten requests on their way, while the others always have something waiting. */
    private static double percentOfTheBrief(Turns.Lift lift) {
        SplittableRandom random = new SplittableRandom(11);
        Engine engine = engine(new Capacity(48, 1_000, 1L << 40), List.of(0), lift);
        List<Customer> five = IntStream.range(0, 5)
                .mapToObj(i -> new Customer("tenant-" + i, 0, 1))
                .toList();
        engine.afterEach = () -> {
            for (int i = 0; i < 5; i++) {
                engine.keepAsking(five.get(i), i == 0 ? 10 : 60, random);
            }
        };
        engine.at(0, () -> {});
        engine.runUntil(LONG_MICROS / 4);
        return percentOfAll(engine, five, 0);
    }

    @Test
    void whoKeptAFewRunningForLongHasNoClaimToARush() {
        long rule = leadAfterALongTime(Turns.Lift.ONE_REQUEST);
        long unbounded = leadAfterALongTime(sharer -> sharer.running > 0 ? Long.MAX_VALUE / 2 : 0);

        assertThat(rule).as("at most two of the largest requests").isLessThanOrEqualTo(2 * 8_000);
        assertThat(unbounded).isGreaterThan(10 * rule);
    }

    /** How much further one gets in a rush, who before had three requests running for long, than one who always waits. */
    private static long leadAfterALongTime(Turns.Lift lift) {
        Engine engine = engine(new Capacity(24, 10_000, 1L << 40), List.of(0), lift);
        Customer steady = new Customer("steady", 0, 1);
        Customer rushing = new Customer("rushing", 0, 1);
        long[] most = {0};
        long[] ahead = {Long.MIN_VALUE};
        engine.afterEach = () -> {
            boolean rush = engine.now > 6_000_000;
            fill(engine, steady, 100);
            fill(engine, rushing, rush ? 100 : 3);
            long lead = engine.served(rushing) - engine.served(steady);
            ahead[0] = rush && ahead[0] == Long.MIN_VALUE ? lead : ahead[0];
            most[0] = rush ? Math.max(most[0], lead - ahead[0]) : 0;
        };
        engine.at(0, () -> {});
        engine.runUntil(7_000_000);
        return most[0];
    }

    private static void fill(Engine engine, Customer customer, int outstanding) {
        while (customer.waiting + customer.running() < outstanding) {
            engine.ask(engine.job(customer, 2_000, 1_000, 3_000));
        }
    }

    private static Engine engine(Capacity capacity, List<Integer> priorities, Turns.Lift lift) {
        return new Engine(capacity, new Guarantees(priorities), Telling.TRUE, lift);
    }

    private static double percentOfAll(Engine engine, List<Customer> customers, int index) {
        long all = customers.stream().mapToLong(engine::served).sum();
        return 100.0 * engine.served(customers.get(index)) / all;
    }
}
