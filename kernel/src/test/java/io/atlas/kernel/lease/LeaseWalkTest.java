package io.atlas.kernel.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nodes that share limits through leases, over a network that loses, repeats and delays, while nodes die. After every step
 * what requests hold and have used is within the limits, whoever counts it.
 */
class LeaseWalkTest {
    private static final long TTL_MICROS = 60_000_000;
    private static final long MONTH = 1_000_000;
    private static final long SLOTS = 40;
    private static final long RATE = 100_000;
    private static final Account NOTHING = new Account(Amounts.none(3), Amounts.none(3), Account.Standing.ENDED);

    private final List<Meter> meters = List.of(
            meter(LimitSpec.of(Kind.TOKENS, Period.MONTH, MONTH)),
            meter(LimitSpec.concurrent(SLOTS)),
            meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, RATE)));

    private final Lessor lessor = new Lessor();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private Random random = new Random(0);
    private long nowMicros = 1_795_132_800_000_000L;
    private long spentByAll;
    private int made;

    private static Meter meter(LimitSpec spec) {
        return Meter.of(Limit.of(new Place.OfGateway(), spec, ZoneOffset.UTC));
    }

    static List<Long> seeds() {
        return new Random(31).longs(300).boxed().toList();
    }

    /** One gateway, and what of it is lost when it dies. */
    private final class Node {
        private final Lessee lessee = new Lessee(meters.size());
        private final List<Lease.Part> open = new ArrayList<>();
        private final List<String> givenUp = new ArrayList<>();

        boolean request(Amounts amounts) {
            Optional<Lease.Part> part = lessee.draw(amounts, nowMicros);
            if (part.isEmpty() && !ask(amounts)) {
                return false;
            }
            part = part.or(() -> lessee.draw(amounts, nowMicros));
            part.ifPresent(open::add);
            return part.isPresent();
        }

        private boolean ask(Amounts need) {
            lessee.retire().ifPresent(this::say);
            String id = "lease" + made++;
            Amounts more = need.times(random.nextInt(4));
            Wish wish = lessee.wish(need, more, 4L * nodes.size(), nowMicros);
            long until = nowMicros + TTL_MICROS;
            Optional<Amounts> granted = Optional.empty();
            for (int tries = 0; tries < 2; tries++) {
                boolean heard = random.nextInt(20) != 0;
                Optional<Amounts> said = heard ? lessor.lend(id, meters, wish, until, nowMicros) : Optional.empty();
                granted = random.nextInt(20) == 0 ? Optional.empty() : said;
                if (granted.isPresent()) {
                    break;
                }
            }
            if (granted.isEmpty()) {
                // Whether there is a lease now is not known: there will be none.
                givenUp.add(id);
                say(id, NOTHING);
                return false;
            }
            lessee.add(new Lease(id, granted.get(), nowMicros + TTL_MICROS / 2), nowMicros);
            return true;
        }

        void end() {
            Lease.Part part = open.remove(random.nextInt(open.size()));
            long used = random.nextLong(part.amounts().get(0) + 1);
            part.lease().settle(part, Amounts.of(List.of(used, 1L, used)));
            spentByAll += used;
            say(part.lease());
        }

        void say(Lease lease) {
            say(lease.id(), lease.account());
        }

        private void say(String id, Account account) {
            Runnable word = () -> lessor.tell(id, account, nowMicros);
            int dice = random.nextInt(10);
            if (dice > 0) {
                word.run();
            }
            if (dice < 2) {
                late.add(word);
            }
        }

        /** All of it once more, heard this time. */
        void settleUp() {
            lessee.idle(nowMicros);
            givenUp.forEach(id -> lessor.tell(id, NOTHING, nowMicros));
            givenUp.clear();
            for (Lease lease : lessee.leases()) {
                lessor.tell(lease.id(), lease.account(), nowMicros);
                lessor.extend(lease.id(), nowMicros + TTL_MICROS);
                lease.extend(nowMicros + TTL_MICROS / 2);
                if (lease.account().standing() == Account.Standing.ENDED) {
                    lessee.forget(lease);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsGivenOutTwiceAndNothingIsLost(long seed) {
        random = new Random(seed);
        begin(2 + random.nextInt(7));
        List<Node> dead = new ArrayList<>();
        for (int step = 0; step < 1_000; step++) {
            pass(random.nextInt(200) == 0 ? 5_000_000 : 10_000);
            Node node = nodes.get(random.nextInt(nodes.size()));
            int dice = random.nextInt(1_000);
            if (dice < 550) {
                node.request(demand(1 + random.nextInt(2_000)));
            } else if (dice < 950) {
                if (!node.open.isEmpty()) {
                    node.end();
                }
            } else if (dice < 997) {
                node.settleUp();
            } else if (nodes.size() > 1) {
                nodes.remove(node);
                dead.add(node);
            }
            check(seed, step, dead);
        }
        finish(seed, dead);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLimitIsSpentToTheLastRequest(long seed) {
        random = new Random(seed);
        begin(8);
        long largest = 2_000;
        int refusals = 0;
        while (refusals < 200) {
            pass(60_000);
            Node node = nodes.get(random.nextInt(nodes.size()));
            if (node.request(demand(1 + random.nextLong(largest)))) {
                node.end();
                refusals = 0;
            } else {
                refusals++;
            }
            nodes.forEach(one -> one.lessee.idle(nowMicros).ifPresent(one::say));
            if (random.nextInt(20) == 0 || refusals % 50 == 49) {
                nodes.forEach(Node::settleUp);
            }
        }
        assertThat(spentByAll).as("seed " + seed).isBetween(MONTH - largest, MONTH);
    }

    private void begin(int count) {
        for (int i = 0; i < count; i++) {
            nodes.add(new Node());
        }
    }

    private void pass(long most) {
        nowMicros += random.nextLong(most);
        if (!late.isEmpty() && random.nextInt(5) == 0) {
            late.remove(random.nextInt(late.size())).run();
        }
    }

    /** A request at once, and as many tokens of the month as of the minute. */
    private static Amounts demand(long tokens) {
        return Amounts.of(List.of(tokens, 1L, tokens));
    }

    private void check(long seed, int step, List<Node> dead) {
        for (Meter meter : meters) {
            Level level = meter.level(nowMicros);
            assertThat(level.used() + level.held())
                    .as("seed %d, step %d: %s", seed, step, meter.limit().id())
                    .isBetween(0L, meter.limit().spec().capacity());
        }
        long open = nodes.stream().mapToLong(one -> one.open.size()).sum();
        assertThat(open).as("seed %d, step %d: at once", seed, step).isLessThanOrEqualTo(SLOTS);
        long held = 0;
        for (List<Node> some : List.of(nodes, dead)) {
            held += some.stream()
                    .flatMap(one -> one.open.stream())
                    .mapToLong(part -> part.amounts().get(0))
                    .sum();
        }
        assertThat(spentByAll + held)
                .as("seed %d, step %d: tokens of all", seed, step)
                .isLessThanOrEqualTo(MONTH);
    }

    private void finish(long seed, List<Node> dead) {
        for (Node node : nodes) {
            while (!node.open.isEmpty()) {
                node.end();
            }
            nowMicros += Lessee.IDLE_MICROS;
            node.settleUp();
            assertThat(node.lessee.leases()).as("seed %d", seed).isEmpty();
        }
        late.forEach(Runnable::run);
        nowMicros += 2 * TTL_MICROS;
        for (int i = 0; i < made; i++) {
            lessor.expire("lease" + i, nowMicros);
        }
        for (Meter meter : meters) {
            assertThat(meter.level(nowMicros).held())
                    .as("seed %d: %s", seed, meter.limit().id())
                    .isZero();
        }
        long used = meters.getFirst().level(nowMicros).used();
        if (dead.isEmpty()) {
            assertThat(used).as("seed %d: used", seed).isEqualTo(spentByAll);
        } else {
            assertThat(used).as("seed %d: used", seed).isBetween(spentByAll, MONTH);
        }
    }
}
