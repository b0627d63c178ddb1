package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the server holds for a request that had given up waiting for its answer. */
class LetGoTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofMillis(500);
    private static final Demand DEMAND = new Demand(10, 10, 1_000);

    private static final Limit OWN =
            Limit.of(new Place.OfTenant("acme"), LimitSpec.of(Kind.REQUESTS, Period.MONTH, 1_000_000), ZoneOffset.UTC);

    private final RealRedis redis = RealRedis.start();
    private final FaultProxy way = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));

    @AfterEach
    void stop() {
        way.close();
        redis.close();
    }

    @Test
    void isGivenBackWhereTheWordThatGivesItBackIsLostOnItsWay() throws Exception {
        try (RedisStore store = RedisStore.open("redis://127.0.0.1:" + way.port(), "one", TIME, PATIENCE);
                RedisStore other = RedisStore.open(redis.url(), "two", TIME)) {
            Runnable count = () -> store.enforce(List.of(), List.of(OWN), List.of(), now());
            count.run();
            other.enforce(List.of(), List.of(OWN), List.of(), now());
            assertThat(store.awayFor()).isZero();

            // Nobody looks after the server yet: what he asks would keep the two words waiting, and let them go
            // together.
            way.delay(LATER);
            Verdict verdict = Redis.await(store.reserve("late", new LimitPath(List.of(OWN)), DEMAND, now()));
            assertThat(verdict).isInstanceOf(Verdict.Granted.class);
            Redis.await(store.release(((Verdict.Granted) verdict).reservation(), now()));
            Await.until("it is held all the same", () -> level(other).held() == 1);
            way.reset();
            way.heal();
            store.follow(count);

            Await.until("nothing is held", () -> level(other).held() == 0);
            assertThat(level(other).used()).isZero();
        }
    }

    private static Level level(RedisStore store) {
        return Redis.await(store.levels(List.of(OWN), now())).getFirst();
    }

    private static long now() {
        return TIME.epochMicros();
    }
}
