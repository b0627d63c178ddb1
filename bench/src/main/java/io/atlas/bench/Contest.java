package io.atlas.bench;

import io.atlas.bench.load.Asking;
import io.atlas.bench.load.Books;
import io.atlas.bench.load.Load;
import io.atlas.bench.load.Plan;
import io.atlas.bench.load.Samples;
import io.atlas.bench.load.Shape;
import io.atlas.bench.load.Tally;
import io.atlas.bench.load.Target;
import io.atlas.bench.score.Metric;
import io.atlas.bench.score.Scores;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The proxies under the same load in turn, round after round. In each round a proxy is saturated with plain requests,
 * then with streams, is asked by a lone connection, and serves streams at half the rate that it has just shown; the
 * last two are held against the upstream without a proxy in the same seconds.
 */
final class Contest {
    /** How long a proxy may take after the load for what it still has to do; it counts as work for the load. */
    private static final Duration AFTERMATH = Duration.ofSeconds(1);

    /** The load with the proxy and the load without it take turns this often, so that both meet the same moments. */
    private static final int SLICES = 4;

    private static final double MIB = 1 << 20;

    private final Terms terms;
    private final Target upstream;
    private final PrintWriter progress;
    private final Load load = new Load();
    private final Map<String, Books> books = new HashMap<>();
    private final Scores scores;
    private long failed;

    /**
     * How long and how hard.
     *
     * @param warmUp how long each proxy is saturated with each shape before anything is measured
     * @param saturated how long each saturating stretch lasts; the others last half of it
     */
    record Terms(int rounds, Duration warmUp, Duration saturated, int connections, Set<Shape> shapes) {
        Duration gentleSlice() {
            return saturated.dividedBy(2).dividedBy(SLICES);
        }
    }

    Contest(Terms terms, Target upstream, PrintWriter progress) {
        this.terms = terms;
        this.upstream = upstream;
        this.progress = progress;
        this.scores = new Scores(terms.rounds);
    }

    /** Warms up every proxy, then lets them take turns. */
    Scores run(List<Proxy> proxies) {
        for (Proxy proxy : proxies) {
            terms.shapes.forEach(shape -> drive(proxy, saturating(proxy, shape, terms.warmUp)));
        }
        for (int round = 0; round < terms.rounds; round++) {
            for (Proxy proxy : proxies) {
                turn(round, proxy);
            }
        }
        return scores;
    }

    /** What the answers that a proxy has given ought to have been charged, the warm-up's too. */
    Books books(Proxy proxy) {
        return books.getOrDefault(proxy.name(), Books.EMPTY);
    }

    /** Answers that were wrong or missing, of all proxies. */
    long failed() {
        return failed;
    }

    private void turn(int round, Proxy proxy) {
        if (terms.shapes.contains(Shape.PLAIN)) {
            saturate(round, proxy, Shape.PLAIN);
            alone(round, proxy);
        }
        if (terms.shapes.contains(Shape.STREAM)) {
            double rate = saturate(round, proxy, Shape.STREAM);
            firstByte(round, proxy, rate / 2);
        }
    }

    private double saturate(int round, Proxy proxy, Shape shape) {
        CompletableFuture<Long> memory = later(
                terms.saturated.multipliedBy(4).dividedBy(5),
                () -> proxy.process().map(Child::pssBytes).orElse(0L));
        long before = proxy.process().map(Child::cpuMicros).orElse(0L);
        Tally tally = drive(proxy, saturating(proxy, shape, terms.saturated));
        long after = later(
                        AFTERMATH, () -> proxy.process().map(Child::cpuMicros).orElse(0L))
                .join();
        double rate = tally.answered() / (terms.saturated.toMillis() / 1e3);
        double cpuMicros = (after - before) / (double) Math.max(1, tally.answered());
        scores.put(round, proxy.name(), rateOf(shape), rate);
        if (proxy.process().isPresent()) {
            scores.put(round, proxy.name(), cpuOf(shape), cpuMicros);
            scores.put(round, proxy.name(), Metric.MEMORY, memory.join() / MIB);
        }
        say("round %d, %s, %s: %,.0f/s, %.1f us of CPU each"
                .formatted(round + 1, proxy.name(), shape.word(), rate, cpuMicros));
        return rate;
    }

    private void alone(int round, Proxy proxy) {
        Beside times =
                beside(proxy, target -> Plan.saturating(target, Asking.usual(Shape.PLAIN), 1, terms.gentleSlice()));
        scores.put(round, proxy.name(), Metric.ALONE_P50, times.added(Tally::whole, 0.5));
        scores.put(round, proxy.name(), Metric.ALONE_P99, times.added(Tally::whole, 0.99));
    }

    private void firstByte(int round, Proxy proxy, double perSecond) {
        double rate = Math.max(1, perSecond);
        Beside times = beside(
                proxy,
                target -> Plan.paced(target, Asking.usual(Shape.STREAM), terms.connections, rate, terms.gentleSlice()));
        scores.put(round, proxy.name(), Metric.FIRST_BYTE_P50, times.added(Tally::firstByte, 0.5));
        scores.put(round, proxy.name(), Metric.FIRST_BYTE_P99, times.added(Tally::firstByte, 0.99));
    }

    /** The same load without and with the proxy. */
    private record Beside(Tally direct, Tally through) {
        double added(Function<Tally, Samples> times, double share) {
            return times.apply(through).micros(share) - times.apply(direct).micros(share);
        }
    }

    private Beside beside(Proxy proxy, Function<Target, Plan> plan) {
        Beside sums = new Beside(new Tally(), new Tally());
        for (int slice = 0; slice < SLICES; slice++) {
            sums.direct.add(drive(plan.apply(upstream)));
            sums.through.add(drive(proxy, plan.apply(proxy.target())));
        }
        return sums;
    }

    private Plan saturating(Proxy proxy, Shape shape, Duration duration) {
        return Plan.saturating(proxy.target(), Asking.usual(shape), terms.connections, duration);
    }

    private Tally drive(Proxy proxy, Plan plan) {
        Tally tally = drive(plan);
        books.merge(proxy.name(), tally.books(), Books::plus);
        return tally;
    }

    private Tally drive(Plan plan) {
        Tally tally = load.start(plan).join();
        failed += tally.failed();
        tally.complaints().forEach(complaint -> say("port " + plan.target().port() + ": " + complaint));
        return tally;
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }

    private static Metric rateOf(Shape shape) {
        return switch (shape) {
            case PLAIN -> Metric.PLAIN_RATE;
            case STREAM -> Metric.STREAM_RATE;
        };
    }

    private static Metric cpuOf(Shape shape) {
        return switch (shape) {
            case PLAIN -> Metric.PLAIN_CPU;
            case STREAM -> Metric.STREAM_CPU;
        };
    }

    private static <T> CompletableFuture<T> later(Duration delay, Supplier<T> what) {
        return CompletableFuture.supplyAsync(
                what, CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS));
    }
}
