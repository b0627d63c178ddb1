package io.atlas.kernel.fair;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.fair.Engine.Customer;
import io.atlas.kernel.fair.Engine.Job;
import io.atlas.kernel.fair.Engine.Telling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Tenants at random, requests as long as real ones: no two are ever further apart than the theorem says. */
class FairnessWalkTest {
    private static final int SEEDS = 1_000;

    @Test
    void theGapOfAnyTwoWhoWaitNeverExceedsItsBound() {
        List<Double> worst = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            double gap = walk(seed, Telling.TRUE);
            assertThat(gap).as("gap by bound, seed %d", seed).isLessThanOrEqualTo(1);
            worst.add(gap);
        }
        assertThat(worst)
                .as("the walks come near the bound, or they show nothing")
                .anyMatch(gap -> gap > 0.5);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TRUE")
    void anErrorThatIsPlantedShows(Telling wrong) {
        double gap = IntStream.range(0, 50)
                .mapToDouble(seed -> walk(seed, wrong))
                .max()
                .orElseThrow();
        assertThat(gap).as(wrong.toString()).isGreaterThan(1);
    }

    /** The widest gap of one walk, in parts of its bound. */
    private static double walk(int seed, Telling telling) {
        SplittableRandom random = new SplittableRandom(seed);
        int places = random.nextInt(1, 65);
        Engine engine = new Engine(
                new Capacity(places, 10_000, 1L << 40), new Guarantees(List.of(0)), telling, Turns.Lift.ONE_REQUEST);
        List<Customer> customers = new ArrayList<>();
        for (int i = 0; i < random.nextInt(2, 7); i++) {
            customers.add(new Customer("tenant-" + i, 0, random.nextInt(1, 9)));
        }
        Map<Job, Ticket<Job>> tickets = new HashMap<>();
        Gaps gaps = new Gaps(engine, customers, places, tickets);
        boolean[] ends = {false};
        engine.afterEach = () -> {
            gaps.look();
            if (!ends[0]) {
                customers.forEach(customer -> fill(engine, customer, places, random, tickets));
            }
        };
        int[] size = {customers.size()};
        engine.at(0, () -> customers.forEach(customer -> fill(engine, customer, places, random, tickets)));
        engine.runUntil(1_700L * 400 * size[0] / places);
        ends[0] = true;
        engine.runUntil(Long.MAX_VALUE);
        assertThat(engine.queue.running()).isZero();
        assertThat(engine.queue.waiting()).isZero();
        return gaps.worst();
    }

    /** Mostly keeps something waiting; sometimes leaves, with something that waits or is being served. */
    private static void fill(
            Engine engine, Customer customer, int places, SplittableRandom random, Map<Job, Ticket<Job>> tickets) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            return;
        }
        while (customer.waiting < 2) {
            Job job = kindOf(engine, customer, random);
            engine.ask(job).forEach(ticket -> {
                tickets.put(job, ticket);
                if (random.nextInt(30) == 0) {
                    engine.at(engine.now + random.nextLong(1, 40_000 / places), () -> engine.leave(ticket));
                }
            });
        }
    }

    /** Each tenant has requests of a kind of its own: chats, long prompts, long answers. */
    private static Job kindOf(Engine engine, Customer customer, SplittableRandom random) {
        Job chat = engine.job(customer, random);
        return switch (customer.tenant.hashCode() % 3) {
            case 0 -> chat;
            case 1 -> engine.job(customer, chat.input() * 4 + 1_000, Math.max(1, chat.output() / 8), 400);
            default -> engine.job(customer, 20, chat.output() * 3, chat.output() * 6);
        };
    }
}
