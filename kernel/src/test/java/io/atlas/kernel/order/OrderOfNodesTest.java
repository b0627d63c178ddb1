package io.atlas.kernel.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.atlas.kernel.order.Nodes.Customer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Four nodes before one backend, each with tenants of its own: as fair as one, whoever dies, whatever is lost. */
class OrderOfNodesTest {
    private static final long SECOND = 1_000_000;
    private static final int SEEDS = 20;

    @Test
    void whoAlwaysWaitsIsServedByHisWeightAtWhicheverNode() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Nodes nodes = crowded(seed);
            nodes.runUntil(SECOND);
            Gaps gaps = new Gaps(nodes);
            nodes.utilisation(0);
            double[] before = servedByAll(nodes);
            nodes.runUntil(21 * SECOND);
            gaps.assertWithinBound(seed);
            assertAlike(seed, before, servedByAll(nodes));
            assertThat(nodes.utilisation(SECOND))
                    .as("seed %d: places taken", seed)
                    .isGreaterThan(0.93);
        }
    }

    @Test
    void aNodeThatDiesTakesNoPlaceWithIt() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Nodes nodes = crowded(seed);
            nodes.runUntil(5 * SECOND);
            nodes.node(1).die();
            nodes.runUntil(10 * SECOND);
            nodes.utilisation(0);
            Gaps gaps = new Gaps(nodes);
            nodes.runUntil(25 * SECOND);
            gaps.assertWithinBound(seed);
            assertThat(nodes.utilisation(10 * SECOND))
                    .as("seed %d: places taken", seed)
                    .isGreaterThan(0.93);
        }
    }

    @Test
    void whileTheStoreIsAwayEachNodeKeepsWhatItHeldAndAfterwardsThereIsOneOrderAgain() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Nodes nodes = crowded(seed);
            nodes.runUntil(5 * SECOND);
            nodes.away = true;
            nodes.runUntil(10 * SECOND);
            assertThat(nodes.nodes.values()).allMatch(node -> node.seat.standing() == Seat.Standing.LOCAL);
            assertThat(nodes.running()).as("seed %d", seed).isPositive();
            nodes.away = false;
            if (seed % 2 == 0) {
                nodes.order = new Order();
            }
            nodes.runUntil(15 * SECOND);
            assertThat(nodes.nodes.values()).allMatch(node -> node.seat.standing() == Seat.Standing.ORDERED);
            Gaps gaps = new Gaps(nodes);
            nodes.runUntil(30 * SECOND);
            gaps.assertWithinBound(seed);
        }
    }

    @Test
    void noWordThatIsLostCostsAPlaceOrGivesOneTwice() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Nodes nodes = crowded(seed);
            nodes.runUntil(SECOND);
            nodes.lossPercent = 10;
            nodes.runUntil(20 * SECOND);
            nodes.lossPercent = 0;
            nodes.runUntil(25 * SECOND);
            nodes.utilisation(0);
            nodes.runUntil(35 * SECOND);
            assertThat(nodes.utilisation(25 * SECOND))
                    .as("seed %d: places taken", seed)
                    .isGreaterThan(0.93);
        }
    }

    @Test
    void whileNobodyWaitsEachNodeHasAnEqualPartOfWhatIsIdleAndAsksNobody() {
        Nodes nodes = new Nodes(16, 4, 1);
        nodes.runUntil(SECOND);
        assertThat(nodes.nodes.values()).extracting(node -> node.seat.slots()).containsOnly(4);

        Customer customer = nodes.customer("one", 0, 1, 2);
        for (int i = 0; i < 4; i++) {
            customer.node.ask(customer, 10, 1_000, 2_000);
        }
        assertThat(customer.running).hasSize(4);

        nodes.runUntil(nodes.now + SECOND / 4);
        assertThat(customer.node.seat.slots()).isGreaterThanOrEqualTo(7);
        assertThat(nodes.order.held()).isLessThanOrEqualTo(16);
    }

    @Test
    void whatLiesIdleElsewhereIsThereWithinATenthOfASecond() {
        Nodes nodes = new Nodes(8, 4, 1);
        nodes.runUntil(SECOND);
        Customer customer = nodes.customer("one", 0, 1, 0);
        for (int i = 0; i < 8; i++) {
            customer.node.ask(customer, 10, 1_000, 1_000);
        }
        nodes.runUntil(nodes.now + SECOND / 7);
        assertThat(customer.running).hasSize(8);
    }

    @Test
    void whatANodeThatLeavesDoesNotUseTheOthersHaveAtOnce() {
        Nodes nodes = new Nodes(16, 4, 1);
        nodes.runUntil(SECOND);
        Customer customer = nodes.customer("one", 0, 1, 2);
        customer.node.ask(customer, 10, 1_000, 2_000);
        customer.node.leave();
        nodes.runUntil(nodes.now + SECOND / 4);
        assertThat(customer.node.seat.slots()).isEqualTo(1);
        assertThat(nodes.nodes.values())
                .filteredOn(node -> node != customer.node)
                .extracting(node -> node.seat.slots())
                .containsOnly(5);
        assertThat(nodes.order.held()).isEqualTo(16);

        nodes.runUntil(nodes.now + 3 * SECOND);
        assertThat(customer.node.running()).isZero();
        assertThat(nodes.order.held()).isBetween(15L, 16L);
    }

    @Test
    void whoWaitsAtANodeThatLeavesIsServedInHisTurn() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Nodes nodes = crowded(seed);
            nodes.runUntil(SECOND);
            nodes.node(1).leave();
            nodes.runUntil(2 * SECOND);
            Gaps gaps = new Gaps(nodes);
            nodes.runUntil(12 * SECOND);
            gaps.assertWithinBound(seed);
        }
    }

    @Test
    void aNodeThatCanTakeNoneHoldsNobodyUp() {
        Bid first = new Bid(new Line(0, "a"), 1, 500_000, 100, 0, 3, 0);
        Bid second = new Bid(new Line(0, "b"), 1, 500_000, 5_000, 0, 3, 0);
        Word.Hold nothing = new Word.Hold(0, 0, 2, Word.Intent.STAYS);
        Order order = new Order();
        order.hear(new Word("two", 1, nothing, List.of(), List.of()), 0, 0);
        order.hear(new Word("one", 1, nothing, List.of(), List.of(first)), 0, 0);
        Word two = new Word("two", 2, nothing, List.of(), List.of(second));
        assertThat(order.hear(two, 1, 1)).isEqualTo(new Answer.Ordered(List.of()));

        order.hear(new Word("one", 2, nothing, List.of(), List.of(first.heldBack())), 0, 2);
        Word again = new Word("two", 3, nothing, List.of(), List.of(second));
        assertThat(order.hear(again, 1, 3)).isEqualTo(new Answer.Ordered(List.of(0)));
    }

    @Test
    void theLowerBandGetsWhatItIsSureOfAtAnotherNode() {
        Nodes nodes = new Nodes(8, 2, 3);
        Customer high = nodes.customer("high", 1, 1, 0);
        Customer low = nodes.customer("low", 0, 1, 1);
        nodes.afterEach = () -> List.of(high, low).forEach(one -> fill(nodes, one));
        nodes.runUntil(60 * SECOND);
        double part = low.served() / (low.served() + high.served());
        assertThat(part).isBetween(0.18, 0.22);
    }

    private static double[] servedByAll(Nodes nodes) {
        return nodes.customers.stream().mapToDouble(Customer::served).toArray();
    }

    /** What was done for each by his weight: the bound is taken from the order's own counters, and this is not. */
    private static void assertAlike(long seed, double[] before, double[] after) {
        double mean = IntStream.range(0, after.length)
                .mapToDouble(i -> after[i] - before[i])
                .average()
                .orElseThrow();
        for (int i = 0; i < after.length; i++) {
            assertThat(after[i] - before[i]).as("seed %d: done for %d", seed, i).isCloseTo(mean, withinPercentage(25));
        }
    }

    /** Six tenants, each with one node, who always have something waiting. */
    private static Nodes crowded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Nodes nodes = new Nodes(random.nextInt(4, 33), 4, seed);
        for (int i = 0; i < 6; i++) {
            nodes.customer("tenant-" + i, 0, random.nextInt(1, 5), i % 4);
        }
        nodes.afterEach = () -> {
            nodes.customers.forEach(customer -> fill(nodes, customer));
            int beyond =
                    nodes.nodes.values().stream().mapToInt(node -> node.beyond).sum();
            assertThat(nodes.running()).as("seed %d: at the backend", seed).isLessThanOrEqualTo(nodes.places + beyond);
        };
        return nodes;
    }

    private static void fill(Nodes nodes, Customer customer) {
        while (customer.node.alive && customer.waiting < 40) {
            int lengths = 1 + Math.abs(customer.line.hashCode() % 4);
            long output = nodes.random.nextLong(1, 100L * lengths);
            customer.node.ask(customer, nodes.random.nextLong(1, 200), output, output * nodes.random.nextLong(1, 5));
        }
    }

    /** How far any two were apart, since it was made. */
    private static final class Gaps {
        private final List<Customer> customers;
        private final double[][] least;
        private final double[][] most;

        Gaps(Nodes nodes) {
            customers = nodes.customers;
            customers.forEach(Customer::forget);
            least = matrix(Double.MAX_VALUE);
            most = matrix(-Double.MAX_VALUE);
            Runnable before = nodes.afterEach;
            nodes.afterEach = () -> {
                before.run();
                customers.forEach(one -> one.measure(nodes.order));
                measure();
            };
        }

        private double[][] matrix(double of) {
            double[][] matrix = new double[customers.size()][customers.size()];
            for (double[] row : matrix) {
                Arrays.fill(row, of);
            }
            return matrix;
        }

        private void measure() {
            double[] served = customers.stream().mapToDouble(Customer::served).toArray();
            for (int i = 0; i < served.length; i++) {
                for (int j = 0; j < i; j++) {
                    double apart = served[i] - served[j];
                    least[i][j] = Math.min(least[i][j], apart);
                    most[i][j] = Math.max(most[i][j], apart);
                }
            }
        }

        /** For those whose nodes live. */
        void assertWithinBound(long seed) {
            for (int i = 0; i < customers.size(); i++) {
                for (int j = 0; j < i; j++) {
                    Customer one = customers.get(i);
                    Customer other = customers.get(j);
                    if (one.node.alive && other.node.alive) {
                        assertThat(most[i][j] - least[i][j])
                                .as("seed %d: between %s and %s", seed, one.line, other.line)
                                .isLessThanOrEqualTo(one.bound() + other.bound());
                    }
                }
            }
        }
    }
}
