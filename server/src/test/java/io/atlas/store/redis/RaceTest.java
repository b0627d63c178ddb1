package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Several nodes on one budget: together they give out all of it, and no more. */
class RaceTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static RealRedis redis;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @RepeatedTest(20)
    void twoNodesServeExactlyWhatTheBudgetIsFor(RepetitionInfo round) {
        Limit budget = budget("round" + round.getCurrentRepetition(), LimitSpec.of(Kind.COST, Period.MONTH, 20_000));
        Demand demand = new Demand(10, 10, 1_000);
        try (Nodes nodes = new Nodes(2, budget)) {
            List<CompletionStage<Verdict>> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                for (RedisStore node : nodes.all) {
                    asked.add(node.reserve("r" + asked.size(), new LimitPath(List.of(budget)), demand, now()));
                }
            }
            List<Reservation> granted = granted(asked);
            assertThat(granted).hasSize(20);
            granted.forEach(one -> assertThat(Redis.await(nodes.of(one).settle(one, demand, now())))
                    .isTrue());
            assertThat(Redis.await(nodes.all.getFirst().levels(List.of(budget), now())))
                    .extracting(Level::used, Level::held)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(20_000L, 0L));
        }
    }

    @Test
    void eightNodesThatRaceForAMillionTokensSpendAllOfItAndNoMore() throws Exception {
        long million = 1_000_000;
        int largest = 2_000;
        Limit budget = budget("million", LimitSpec.of(Kind.TOKENS, Period.MONTH, million));
        try (Nodes nodes = new Nodes(8, budget);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> spent = new ArrayList<>();
            for (int n = 0; n < nodes.all.size(); n++) {
                RedisStore node = nodes.all.get(n);
                Random random = new Random(n);
                String name = "n" + n + "-";
                spent.add(threads.submit(() -> spend(node, budget, name, random, largest)));
            }
            long sum = 0;
            for (Future<Long> one : spent) {
                sum += one.get();
            }
            assertThat(sum).isBetween(million - largest, million);
            assertThat(Redis.await(nodes.all.getFirst().levels(List.of(budget), now()))
                            .getFirst())
                    .extracting(Level::used, Level::held)
                    .containsExactly(sum, 0L);
        }
    }

    /** Until there is no room for one of the largest: reserved is more than what is used of it in the end. */
    private static long spend(RedisStore node, Limit budget, String name, Random random, int largest) {
        long spent = 0;
        for (int i = 0; ; i++) {
            Demand bound = new Demand(largest / 2 + random.nextInt(largest / 2), 0, 0);
            Verdict verdict = Redis.await(node.reserve(name + i, new LimitPath(List.of(budget)), bound, now()));
            switch (verdict) {
                case Verdict.Granted granted -> {
                    Demand actual = new Demand(1 + random.nextLong(bound.inputTokens()), 0, 0);
                    Redis.await(node.settle(granted.reservation(), actual, now()));
                    spent += actual.inputTokens();
                }
                case Verdict.Refused refused -> {
                    Level level = refused.shortfalls().getFirst().level();
                    if (level.used() > 1_000_000 - largest) {
                        return spent;
                    }
                }
            }
        }
    }

    private static List<Reservation> granted(List<CompletionStage<Verdict>> asked) {
        List<Reservation> granted = new ArrayList<>();
        for (CompletionStage<Verdict> one : asked) {
            if (Redis.await(one) instanceof Verdict.Granted yes) {
                granted.add(yes.reservation());
            }
        }
        return granted;
    }

    private static Limit budget(String tenant, LimitSpec spec) {
        return Limit.of(new Place.OfTenant(tenant), spec, ZoneOffset.UTC);
    }

    private static long now() {
        return TIME.epochMicros();
    }

    /** Gateways that share the server. */
    private static final class Nodes implements AutoCloseable {
        private final List<RedisStore> all;

        Nodes(int count, Limit limit) {
            all = IntStream.range(0, count)
                    .mapToObj(i -> RedisStore.open(redis.url(), "node" + i, TIME, PATIENCE))
                    .toList();
            all.forEach(node -> node.enforce(List.of(), List.of(limit), List.of(), now()));
        }

        /** Ids are given in turn. */
        RedisStore of(Reservation reservation) {
            return all.get(Integer.parseInt(reservation.id().substring(1)) % all.size());
        }

        @Override
        public void close() {
            all.forEach(RedisStore::close);
        }
    }
}
