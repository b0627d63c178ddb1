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
import io.atlas.kernel.reason.Reason;
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
        serveExactlyTwenty(
                budget("round" + round.getCurrentRepetition(), LimitSpec.of(Kind.COST, Period.MONTH, 20_000)));
    }

    @RepeatedTest(20)
    void twoNodesServeExactlyWhatTheBudgetOfAllIsFor(RepetitionInfo round) {
        Place all = new Place.OfModel("round" + round.getCurrentRepetition());
        serveExactlyTwenty(Limit.of(all, LimitSpec.of(Kind.COST, Period.MONTH, 20_000), ZoneOffset.UTC));
    }

    @RepeatedTest(5)
    void twoNodesServeExactlyAsManyAtOnceAsThereMayBeOfAll(RepetitionInfo round) {
        Place all = new Place.OfModel("slots" + round.getCurrentRepetition());
        Limit slots = Limit.of(all, LimitSpec.concurrent(20), ZoneOffset.UTC);
        try (Nodes nodes = new Nodes(2, slots)) {
            for (int again = 0; again < 3; again++) {
                List<Reservation> granted = granted(nodes.ask(200, slots, "a" + again));
                assertThat(granted).hasSize(20);
                granted.forEach(one -> Redis.await(nodes.of(one).release(one, now())));
            }
        }
    }

    @Test
    void whatLiesIdleComesBackWhereAnotherNeedsIt() {
        Limit budget =
                Limit.of(new Place.OfModel("idle"), LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000), ZoneOffset.UTC);
        try (Nodes nodes = new Nodes(2, budget)) {
            // Many at once, so that the node holds some to spare; and all of them given back.
            List<Reservation> granted = granted(nodes.ask(50, budget, "many"));
            granted.forEach(one -> Redis.await(nodes.of(one).release(one, now())));
            Demand all = new Demand(1_000_000, 0, 0);
            RedisStore other = nodes.all.getLast();
            long until = TIME.nanos() + 5_000_000_000L;
            Verdict verdict = Redis.await(other.reserve("all-0", new LimitPath(List.of(budget)), all, now()));
            for (int i = 1; verdict instanceof Verdict.Refused refused && TIME.nanos() < until; i++) {
                assertThat(refused.reason()).isEqualTo(Reason.QUOTA_RESERVED);
                verdict = Redis.await(other.reserve("all-" + i, new LimitPath(List.of(budget)), all, now()));
            }
            assertThat(verdict).isInstanceOf(Verdict.Granted.class);
        }
    }

    @Test
    void aTenantWhoAsksVeryOftenIsServedOfWhatHisNodeHoldsInAdvanceAndPaysTheSame() {
        Limit tokens = budget("hot", LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000_000));
        Limit rate = budget("hot", LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 1_000_000));
        try (RedisStore node = RedisStore.open(redis.url(), "serves", TIME, PATIENCE);
                RedisStore other = RedisStore.open(redis.url(), "looks", TIME, PATIENCE)) {
            for (RedisStore one : List.of(node, other)) {
                one.enforce(List.of(), List.of(tokens, rate), List.of(), now());
                one.follow(() -> {});
            }
            long scriptsBefore = scripts();
            int waves = 100;
            int atOnce = 50;
            for (int wave = 0; wave < waves; wave++) {
                List<CompletionStage<Boolean>> settled = new ArrayList<>();
                for (int i = 0; i < atOnce; i++) {
                    settled.add(node.reserve(
                                    wave + "-" + i, new LimitPath(List.of(tokens, rate)), new Demand(10, 10, 0), now())
                            .thenCompose(verdict -> node.settle(
                                    ((Verdict.Granted) verdict).reservation(), new Demand(3, 4, 0), now())));
                }
                settled.forEach(one -> assertThat(Redis.await(one)).isTrue());
            }
            assertThat(scripts() - scriptsBefore).as("scripts").isLessThan((long) waves * atOnce / 10);
            long until = TIME.nanos() + 5_000_000_000L;
            while (held(other, tokens) > 0 && TIME.nanos() < until) {
                Thread.onSpinWait();
            }
            assertThat(Redis.await(other.levels(List.of(tokens), now())))
                    .extracting(Level::used, Level::held)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(7L * waves * atOnce, 0L));
        }
    }

    private static long scripts() {
        return redis.tell(redis -> redis.info("commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("^\\S+?:calls=(\\d+).*", "$1")))
                .sum();
    }

    @Test
    void aNodeThatLeavesGivesBackWhatItHoldsInAdvance() {
        Limit budget =
                Limit.of(new Place.OfModel("left"), LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000), ZoneOffset.UTC);
        try (RedisStore other = RedisStore.open(redis.url(), "stays", TIME, PATIENCE)) {
            other.enforce(List.of(), List.of(budget), List.of(), now());
            try (Nodes nodes = new Nodes(1, budget)) {
                List<Reservation> granted = granted(nodes.ask(50, budget, "many"));
                granted.forEach(one -> Redis.await(nodes.of(one).settle(one, new Demand(5, 5, 0), now())));
                granted.addAll(granted(nodes.ask(1, budget, "one")));
                Redis.await(nodes.all.getFirst().release(granted.getLast(), now()));
                assertThat(held(other, budget)).as("held in advance").isPositive();
            }
            assertThat(held(other, budget)).isZero();
        }
    }

    @Test
    void whoIsRefusedByHisOwnLimitHoldsNothingOfThatOfAll() {
        Limit all =
                Limit.of(new Place.OfModel("refused"), LimitSpec.of(Kind.REQUESTS, Period.MONTH, 100), ZoneOffset.UTC);
        Limit own = budget("refused", LimitSpec.of(Kind.REQUESTS, Period.MONTH, 1));
        LimitPath path = new LimitPath(List.of(all, own));
        Demand demand = new Demand(10, 10, 1_000);
        try (RedisStore node = RedisStore.open(redis.url(), "refuses", TIME, PATIENCE)) {
            node.enforce(List.of(), List.of(all, own), List.of(), now());
            node.follow(() -> {});
            for (int i = 0; i < 10; i++) {
                Verdict verdict = Redis.await(node.reserve("asked-" + i, path, demand, now()));
                if (verdict instanceof Verdict.Granted granted) {
                    Redis.await(node.settle(granted.reservation(), demand, now()));
                } else {
                    assertThat(i).isPositive();
                }
            }
            long until = TIME.nanos() + 5_000_000_000L;
            while (held(node, all) > 0 && TIME.nanos() < until) {
                Thread.onSpinWait();
            }
            // Asked in another node's name, what this one holds to spare is held, too.
            try (RedisStore other = RedisStore.open(redis.url(), "asks", TIME, PATIENCE)) {
                other.enforce(List.of(), List.of(all, own), List.of(), now());
                while (held(other, all) > 0 && TIME.nanos() < until) {
                    Thread.onSpinWait();
                }
                assertThat(held(other, all)).isZero();
                assertThat(Redis.await(other.levels(List.of(all), now()))
                                .getFirst()
                                .used())
                        .isEqualTo(1);
            }
        }
    }

    private static long held(RedisStore node, Limit limit) {
        return Redis.await(node.levels(List.of(limit), now())).getFirst().held();
    }

    private static void serveExactlyTwenty(Limit budget) {
        Demand demand = new Demand(10, 10, 1_000);
        try (Nodes nodes = new Nodes(2, budget)) {
            List<Reservation> granted = granted(nodes.ask(200, budget, "r"));
            assertThat(granted).hasSize(20);
            granted.forEach(one -> assertThat(Redis.await(nodes.of(one).settle(one, demand, now())))
                    .isTrue());
            for (RedisStore node : nodes.all) {
                assertThat(Redis.await(node.levels(List.of(budget), now())))
                        .extracting(Level::used, Level::held)
                        .containsExactly(org.assertj.core.groups.Tuple.tuple(20_000L, 0L));
            }
        }
    }

    @Test
    void eightNodesThatRaceForAMillionTokensSpendAllOfItAndNoMore() throws Exception {
        spendAMillion(budget("million", LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000)));
    }

    @Test
    void eightNodesThatRaceForAMillionTokensOfAllSpendAllOfItAndNoMore() throws Exception {
        spendAMillion(Limit.of(
                new Place.OfModel("million"), LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000), ZoneOffset.UTC));
    }

    private static void spendAMillion(Limit budget) throws Exception {
        long million = 1_000_000;
        int largest = 2_000;
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
                    .extracting(Level::used)
                    .isEqualTo(sum);
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
            all.forEach(node -> node.follow(() -> {}));
        }

        /** So often of each, at once. */
        List<CompletionStage<Verdict>> ask(int times, Limit limit, String name) {
            Demand demand = new Demand(10, 10, 1_000);
            List<CompletionStage<Verdict>> asked = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                for (RedisStore node : all) {
                    asked.add(node.reserve(name + "-" + asked.size(), new LimitPath(List.of(limit)), demand, now()));
                }
            }
            return asked;
        }

        /** Ids are given in turn. */
        RedisStore of(Reservation reservation) {
            return all.get(
                    Integer.parseInt(reservation.id().substring(reservation.id().indexOf('-') + 1)) % all.size());
        }

        @Override
        public void close() {
            all.forEach(RedisStore::close);
        }
    }
}
