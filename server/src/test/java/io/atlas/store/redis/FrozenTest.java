package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that says nothing any more, on connections that stay open. */
class FrozenTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final Demand DEMAND = new Demand(10, 10, 1_000);

    /** After so many that were too late in a row. */
    private static final int PATIENT = 5;

    private static final Limit ALL =
            Limit.of(new Place.OfGateway(), LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 1_000_000), ZoneOffset.UTC);
    private static final Limit OWN =
            Limit.of(new Place.OfTenant("acme"), LimitSpec.of(Kind.REQUESTS, Period.MONTH, 1_000_000), ZoneOffset.UTC);
    private static final LimitPath PATH = new LimitPath(List.of(ALL, OWN));

    private final RealRedis redis = RealRedis.start();
    private final FaultProxy way = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));
    private int asked;

    @AfterEach
    void stop() {
        way.close();
        redis.close();
    }

    @Test
    void keepsAFewWaitingForAMomentAndThenNobodyAtAll() throws Exception {
        try (RedisStore store = RedisStore.open("redis://127.0.0.1:" + way.port(), "one", TIME, PATIENCE)) {
            Runnable count = () -> store.enforce(List.of(), List.of(ALL, OWN), List.of(), now());
            count.run();
            store.follow(count);
            Await.until("it is asked", () -> store.awayFor().isZero());
            Reservation before = reservation(Redis.await(reserve(store)));

            way.freeze();
            for (int i = 0; i < PATIENT && store.awayFor().isZero(); i++) {
                reservation(Redis.await(reserve(store)));
            }
            assertThat(store.awayFor()).isPositive();
            for (int i = 0; i < 1_000; i++) {
                CompletionStage<Verdict> verdict = reserve(store);
                assertDone(verdict);
                assertDone(store.settle(reservation(Redis.await(verdict)), DEMAND, now()));
            }
            assertDone(store.settle(before, DEMAND, now()));
            assertDone(store.levels(PATH.limits(), now()));
            assertDone(store.refusal(PATH.limits(), DEMAND, now()));

            way.heal();
            Await.until("it is asked again", () -> store.awayFor().isZero());
        }
    }

    @Test
    void aQuestionThatIsAnsweredEndsTheRowOfThoseThatWereNot() {
        Duration patience = Duration.ofMillis(500);
        try (RedisStore store = RedisStore.open("redis://127.0.0.1:" + way.port(), "one", TIME, patience)) {
            store.enforce(List.of(), List.of(ALL, OWN), List.of(), now());
            for (int row = 0; row < 2; row++) {
                way.freeze();
                for (int i = 1; i < PATIENT; i++) {
                    Redis.await(store.levels(PATH.limits(), now()));
                }
                way.heal();
                Redis.await(store.levels(PATH.limits(), now()));
            }

            assertThat(store.awayFor()).isZero();
        }
    }

    private CompletionStage<Verdict> reserve(RedisStore store) {
        return store.reserve("r" + asked++, PATH, DEMAND, now());
    }

    private static Reservation reservation(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Granted.class);
        return ((Verdict.Granted) verdict).reservation();
    }

    private static void assertDone(CompletionStage<?> stage) {
        assertThat(stage.toCompletableFuture()).isCompleted();
    }

    private static long now() {
        return TIME.epochMicros();
    }
}
