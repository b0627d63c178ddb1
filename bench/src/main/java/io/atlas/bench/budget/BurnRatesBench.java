package io.atlas.bench.budget;

import io.atlas.burn.BurnRates;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** What a request pays for each calendar limit on its path, so that it is known how fast that is spent. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmn32m", "-Xmx512m"})
public class BurnRatesBench {
    private static final long SEED = 42;
    private static final long AMOUNT = 1_000_000_000_000L;
    private static final long START_MICROS = 1_767_225_600_000_000L;

    /** How many limits take turns. */
    @Param({"100", "60000"})
    int limits;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final BurnRates rates = new BurnRates();
    private final List<Limit> all = new ArrayList<>();
    private final long endMicros =
            Window.of(Period.MONTH, ZoneOffset.UTC, START_MICROS).endMicros();
    private long nowMicros = START_MICROS;

    /** Makes the limits, and looks at each once. */
    @Setup
    public void makeLimits() {
        for (int i = 0; i < limits; i++) {
            Limit limit = Limit.of(
                    new Place.OfTenant("tenant-" + i), LimitSpec.of(Kind.COST, Period.MONTH, AMOUNT), ZoneOffset.UTC);
            all.add(limit);
            rates.see(limit, new Level(0, 0, endMicros), START_MICROS + i);
        }
    }

    /** One look at one limit, ten microseconds after the one before. */
    @Benchmark
    public void look() {
        nowMicros += 10;
        rates.see(all.get(random.nextInt(limits)), new Level(nowMicros - START_MICROS, 0, endMicros), nowMicros);
    }
}
