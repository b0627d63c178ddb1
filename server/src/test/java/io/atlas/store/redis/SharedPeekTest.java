package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.unit.Period;
import io.atlas.store.Peek;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A look at shared counters says what a reservation would, leases and limits in shadow included. */
class SharedPeekTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Demand DEMAND = new Demand(60, 40, 500);

    private static final Place ALL = new Place.OfModel("large");
    private static final Place ACME = new Place.OfTenant("acme");
    private static final List<Limit> LIMITS = List.of(
            shadow(ALL, LimitSpec.of(Kind.TOKENS, Period.MONTH, 150)),
            Limit.of(ALL, LimitSpec.of(Kind.COST, Period.MONTH, 1_000_000), ZoneOffset.UTC),
            shadow(ACME, LimitSpec.of(Kind.TOKENS, Period.YEAR, 10)),
            shadow(ACME, LimitSpec.of(Kind.REQUESTS, Period.HOUR, 1)),
            shadow(ACME, LimitSpec.concurrent(1)),
            Limit.of(ACME, LimitSpec.of(Kind.REQUESTS, Period.YEAR, 3), ZoneOffset.UTC));

    private static RealRedis redis;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void itForetellsWhatIsReservedAndHoldsNothing() {
        try (RedisStore store = RedisStore.open(redis.url(), "one", TIME, PATIENCE)) {
            store.enforce(List.of(), LIMITS, List.of(), now());
            Peek peek = new Peek(store);
            LimitPath path = new LimitPath(LIMITS);
            for (int i = 0; i < 3; i++) {
                Reservation foretold = granted(Redis.await(peek.reserve("r" + i, path, DEMAND, now())));
                Reservation again = granted(Redis.await(peek.reserve("r" + i, path, DEMAND, now())));
                Reservation reserved = granted(Redis.await(store.reserve("r" + i, path, DEMAND, now())));

                assertThat(levels(again)).isEqualTo(levels(foretold));
                assertThat(levels(reserved)).as("the %dth", i).isEqualTo(levels(foretold));
                assertThat(unenforced(reserved)).as("the %dth", i).isEqualTo(unenforced(foretold));
            }

            assertThat(unenforced(granted(
                            Redis.await(peek.reserve("r", new LimitPath(LIMITS.subList(0, 5)), DEMAND, now())))))
                    .containsExactly(
                            "model/large:tokens/month", "acme:tokens/year", "acme:requests/hour", "acme:concurrent");
            Verdict.Refused foretold = refused(Redis.await(peek.reserve("s", path, DEMAND, now())));
            Verdict.Refused refused = refused(Redis.await(store.reserve("s", path, DEMAND, now())));
            assertThat(List.of(foretold, refused)).allSatisfy(no -> {
                assertThat(no.shortfalls()).extracting(Verdict.Shortfall::limit).containsExactly(LIMITS.getLast());
                assertThat(no.reason()).isEqualTo(Reason.QUOTA_RESERVED);
                assertThat(amounts(no.shortfalls().getFirst().level())).containsExactly(0L, 3L);
            });
        }
    }

    private static Limit shadow(Place place, LimitSpec spec) {
        return Limit.of(place, spec.in(LimitSpec.Mode.SHADOW), ZoneOffset.UTC);
    }

    /** But for when they are empty, which is later with every moment. */
    private static List<List<Long>> levels(Reservation reservation) {
        return reservation.taken().stream()
                .flatMap(taken -> List.of(taken.before(), taken.after()).stream())
                .map(SharedPeekTest::amounts)
                .toList();
    }

    private static List<Long> amounts(Level level) {
        return List.of(level.used(), level.held());
    }

    private static List<String> unenforced(Reservation reservation) {
        return reservation.taken().stream()
                .filter(taken -> Quota.unenforced(
                                taken, DEMAND.of(taken.limit().spec().kind()))
                        .isPresent())
                .map(taken -> taken.limit().id())
                .toList();
    }

    private static Reservation granted(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Granted.class);
        return ((Verdict.Granted) verdict).reservation();
    }

    private static Verdict.Refused refused(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return (Verdict.Refused) verdict;
    }

    private static long now() {
        return TIME.epochMicros();
    }
}
