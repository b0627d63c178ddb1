package io.atlas.store.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.store.StoreAway;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes whose server goes away and comes back many times in a window, for each at other moments. The server is a sum of
 * numbers; whatever is reserved at it or away from it is counted here, too.
 */
class FlappingWalkTest {
    private static final long NOON = 1_795_176_000_000_000L;
    private static final long AMOUNT = 5_000;
    private static final long HUNDREDTH = AMOUNT / 100;
    private static final int STEPS = 20_000;
    private static final Limit LIMIT =
            Limit.of(new Place.OfTenant("acme"), LimitSpec.of(Kind.INPUT_TOKENS, Period.MONTH, AMOUNT), ZoneOffset.UTC);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void nodesTogetherAreAheadOfTheLimitByOneAllowanceAtMost(long seed) {
        Walk walk = new Walk(seed, 1 + (int) (seed % 4));
        for (int step = 0; step < STEPS; step++) {
            walk.step();
            assertThat(walk.counted()).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(AMOUNT + HUNDREDTH);
        }
        assertThat(walk.episodes).as("seed %d", seed).isGreaterThan(500);
        assertThat(walk.away)
                .as("seed %d: given out away from the server", seed)
                .isGreaterThan(HUNDREDTH);
        assertThat(walk.counted()).as("seed %d", seed).isGreaterThan(AMOUNT - HUNDREDTH);
    }

    private record Open(Reservation reservation, long bound) {}

    private static final class Node {
        private final LocalShare share = new LocalShare();
        private final List<Long> there = new ArrayList<>();
        private final List<Open> here = new ArrayList<>();
        private final Queue<Long> untold = new ArrayDeque<>();
        private boolean connected = true;
    }

    private static final class Walk {
        private final Random random;
        private final List<Node> nodes;
        private long used;
        private long held;
        private long away;
        private int episodes;

        Walk(long seed, int count) {
            random = new Random(seed);
            nodes = IntStream.range(0, count).mapToObj(_ -> new Node()).toList();
            nodes.forEach(node -> node.share.among(count));
        }

        /** All that was used or is held, wherever it is known. */
        long counted() {
            long sum = used + held;
            for (Node node : nodes) {
                sum += node.untold.stream().mapToLong(Long::longValue).sum();
                sum += node.here.stream().mapToLong(Open::bound).sum();
            }
            return sum;
        }

        void step() {
            Node node = nodes.get(random.nextInt(nodes.size()));
            switch (random.nextInt(10)) {
                case 0 -> turn(node);
                case 1, 2 -> endThere(node);
                case 3, 4 -> endHere(node);
                case 5 -> tell(node);
                case 6 -> askAgain(node);
                default -> ask(node, 1 + random.nextInt(4));
            }
        }

        private void turn(Node node) {
            node.connected = !node.connected;
            episodes += node.connected ? 0 : 1;
        }

        private void ask(Node node, long bound) {
            if (!node.connected) {
                give(node, bound);
            } else if (used + held + bound <= AMOUNT) {
                held += bound;
                node.there.add(bound);
                node.share.learn(LIMIT, level(), NOON);
            } else {
                node.share.learn(LIMIT, level(), NOON);
            }
        }

        private void give(Node node, long bound) {
            try {
                Verdict verdict = node.share.reserve("r", List.of(LIMIT), new Demand(bound, 0, 0), NOON);
                if (verdict instanceof Verdict.Granted granted) {
                    node.here.add(new Open(granted.reservation(), bound));
                    away += bound;
                }
            } catch (StoreAway e) {
                // It has no more to give.
            }
        }

        private void endThere(Node node) {
            if (node.connected && !node.there.isEmpty()) {
                long bound = node.there.removeLast();
                held -= bound;
                used += actual(bound);
            }
        }

        private void endHere(Node node) {
            if (node.here.isEmpty()) {
                return;
            }
            Open open = node.here.remove(random.nextInt(node.here.size()));
            long actual = actual(open.bound);
            if (actual == 0) {
                node.share.release(open.reservation, NOON);
            } else {
                node.share.settle(open.reservation, new Demand(actual, 0, 0), NOON);
                node.untold.add(actual);
            }
        }

        /** Nearly all, and now and then nothing at all. */
        private long actual(long bound) {
            return random.nextInt(8) == 0 ? 0 : bound;
        }

        private void tell(Node node) {
            if (node.connected && !node.untold.isEmpty()) {
                used += node.untold.remove();
                node.share.told(List.of(LIMIT));
            }
        }

        private void askAgain(Node node) {
            if (node.connected) {
                node.share.unknown().forEach(limit -> node.share.known(limit, level(), NOON));
            }
        }

        private Level level() {
            return new Level(used, held, NOON);
        }
    }
}
