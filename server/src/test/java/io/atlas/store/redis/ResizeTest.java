package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.store.QuotaStore;
import io.atlas.store.memory.MemoryStore;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A limit in force that says something else binds by that from then on, whatever the path says that a request brings. */
class ResizeTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Limit OWN = limit(new Place.OfTenant("acme"));
    private static final Limit WIDER = limit(new Place.OfModel("large"));

    private static Limit limit(Place place) {
        LimitSpec spec = LimitSpec.of(Kind.INPUT_TOKENS, Period.HOUR, 3_600)
                .changing(new Elasticity(
                        3_600, 3_600, Optional.empty(), Optional.of(new Elasticity.Range(60, 36_000_000))));
        return Limit.of(place, spec, ZoneOffset.UTC);
    }

    @Test
    void onMemory() {
        resized(new MemoryStore());
    }

    @Test
    void onRedis() {
        try (RealRedis redis = RealRedis.start();
                RedisStore store = RedisStore.open(redis.url(), "one", TIME, Duration.ofSeconds(10))) {
            resized(store);
        }
    }

    private static void resized(QuotaStore store) {
        LimitPath path = new LimitPath(List.of(WIDER, OWN));
        store.enforce(List.of(), List.of(WIDER, OWN), List.of(), now());
        assertThat(reserve(store, "first", path, 3_600)).isInstanceOf(Verdict.Granted.class);
        assertThat(waitMicros(reserve(store, "second", path, 360))).isBetween(300_000_000L, 360_000_000L);

        store.resize(List.of(saying(OWN, 360_000), saying(WIDER, 360_000)), now());
        Verdict third = reserve(store, "third", path, 360);
        assertThat(waitMicros(third)).isLessThanOrEqualTo(3_600_000);
        assertThat(third)
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.shortfalls())
                                .isNotEmpty()
                                .allSatisfy(shortfall -> assertThat(
                                                shortfall.limit().spec().amount())
                                        .isEqualTo(360_000)));

        store.resize(List.of(saying(OWN, 60), saying(WIDER, 60)), now());
        assertThat(waitMicros(reserve(store, "fourth", path, 360))).isGreaterThan(3_600_000_000L);
    }

    private static Limit saying(Limit limit, long units) {
        return limit.saying(limit.spec().at(now(), ZoneOffset.UTC, units));
    }

    private static Verdict reserve(QuotaStore store, String id, LimitPath path, long tokens) {
        return Redis.await(store.reserve(id, path, new Demand(tokens, 0, 0), now()));
    }

    private static long waitMicros(Verdict verdict) {
        return verdict instanceof Verdict.Refused refused ? refused.waitMicros() : 0;
    }

    private static long now() {
        return TIME.epochMicros();
    }
}
