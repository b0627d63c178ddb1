package io.atlas.bench.store;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Period;
import io.atlas.store.memory.MemoryStore;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The embedded store's price of one request: a reservation on twelve limits and its settlement. Two limits sit on the
 * gateway, two on the model, four on the tenant, two on the team and two on the key; a hundred keys share a tenant, ten
 * a team. Each call is for another key, at random, so that a hundred thousand keys do not fit the processor's cache. The collector is that
 * of the launcher: what a store into an old object costs is its doing.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmn32m", "-Xmx512m"})
public class ReserveSettleBench {
    private static final long SEED = 42;
    private static final long START_MICROS = 1_767_225_600_000_000L;
    private static final int KEYS_PER_TEAM = 10;
    private static final int KEYS_PER_TENANT = 100;
    private static final String ID = "req_0190000000007000800000000000000";
    private static final Demand BOUND = new Demand(2_100, 500, 10_250_000);
    private static final Demand ACTUAL = new Demand(310, 120, 1_975_000);

    /** How many keys take turns. */
    @Param({"100", "100000"})
    int keys;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final MemoryStore store = new MemoryStore();
    private final Map<Kind, LimitSpec> rates = new HashMap<>();
    private final Map<Kind, LimitSpec> months = new HashMap<>();
    private final Map<Place, List<Limit>> limits = new HashMap<>();
    private final List<LimitPath> paths = new ArrayList<>();
    private long nowMicros = START_MICROS;

    /** Makes the limits of every key, and their counters by asking once for each. */
    @Setup
    public void makeLimits() {
        for (int key = 0; key < keys; key++) {
            paths.add(path(key));
        }
        List<Limit> all = limits.values().stream().flatMap(List::stream).toList();
        store.enforce(List.of(), all, List.of(), START_MICROS);
        paths.forEach(this::settle);
    }

    /** One reservation and its settlement, ten microseconds after the one before. */
    @Benchmark
    public CompletionStage<Boolean> reserveAndSettle() {
        return settle(paths.get(random.nextInt(keys)));
    }

    private CompletionStage<Boolean> settle(LimitPath path) {
        nowMicros += 10;
        return store.reserve(ID, path, BOUND, nowMicros).thenCompose(verdict -> switch (verdict) {
            case Verdict.Granted granted -> store.settle(granted.reservation(), ACTUAL, nowMicros);
            case Verdict.Refused refused ->
                throw new IllegalStateException(refused.reason() + " (expected: limits wide enough for all)");
        });
    }

    /** The path of one key. As in a configuration, all keys below a place share the very limits of that place. */
    private LimitPath path(int key) {
        String tenant = "tenant-" + key / KEYS_PER_TENANT;
        String team = "team-" + key / KEYS_PER_TEAM;
        List<Limit> path = new ArrayList<>();
        add(path, new Place.OfGateway(), rate(Kind.REQUESTS), month(Kind.COST));
        add(path, new Place.OfModel("large"), rate(Kind.TOKENS), LimitSpec.concurrent(1_000));
        add(
                path,
                new Place.OfTenant(tenant),
                rate(Kind.REQUESTS),
                rate(Kind.TOKENS),
                month(Kind.TOKENS),
                month(Kind.COST));
        add(path, new Place.OfTeam(tenant, team), rate(Kind.TOKENS), LimitSpec.concurrent(100));
        add(path, new Place.OfKey(tenant, Optional.of(team), "key-" + key), rate(Kind.REQUESTS), month(Kind.TOKENS));
        return new LimitPath(path);
    }

    private void add(List<Limit> path, Place place, LimitSpec... specs) {
        path.addAll(limits.computeIfAbsent(
                place,
                _ -> Stream.of(specs)
                        .map(spec -> Limit.of(place, spec, ZoneOffset.UTC))
                        .toList()));
    }

    /** Twice what the benchmark asks for: the buckets fill and leak, and never refuse. All share it, as those of a tier. */
    private LimitSpec rate(Kind kind) {
        return rates.computeIfAbsent(
                kind, k -> LimitSpec.of(k, Period.MINUTE, k.countsRequests() ? 12_000_000 : 5_000_000_000L));
    }

    private LimitSpec month(Kind kind) {
        return months.computeIfAbsent(kind, k -> LimitSpec.of(k, Period.MONTH, Money.MAX_NANO_USD));
    }
}
