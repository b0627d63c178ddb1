package io.atlas.bench.store;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.store.redis.RedisStore;
import io.atlas.time.TimeSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Reservations on twelve limits and their settlements over a Redis, at fixed moments whether those before are answered or
 * not. A reservation is timed from the call, which is what a request waits for, and from the moment it was due, which
 * counts how late the one thread that asks was woken too. Arguments: the server's URL, requests per second, seconds.
 */
public final class RedisBench {
    private static final int KEYS = 1_000;
    private static final int GENTLE_SECONDS = 5;
    private static final int WARM_UP_SECONDS = 40;
    private static final int GENTLY = 5;
    private static final int MOST_OPEN = 2_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final Demand BOUND = new Demand(2_100, 500, 10_250_000);
    private static final Demand ACTUAL = new Demand(310, 120, 1_975_000);

    private final RedisStore store;
    private final TimeSource time = TimeSource.system();
    private final List<LimitPath> paths = new ArrayList<>();
    private final Semaphore open = new Semaphore(MOST_OPEN);
    private final AtomicLong failed = new AtomicLong();
    private long sequence;

    private RedisBench(String url) {
        store = RedisStore.open(url, "bench" + time.nanos(), time);
        List<Limit> all = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            List<Limit> path = path(key);
            all.addAll(path);
            paths.add(new LimitPath(path));
        }
        List<Limit> distinct = all.stream().distinct().toList();
        store.enforce(List.of(), distinct, List.of(), time.epochMicros());
        store.follow(() -> store.enforce(List.of(), distinct, List.of(), time.epochMicros()));
    }

    /** Runs it and prints the percentiles. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Asked()).execute(arguments));
    }

    @Command(name = "redis")
    private static final class Asked implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private String url = "";

        @Parameters(index = "1")
        private int perSecond;

        @Parameters(index = "2")
        private int seconds;

        @Override
        public void run() {
            RedisBench bench = new RedisBench(url);
            bench.warmUp(perSecond);
            bench.failed.set(0);
            Times times = bench.run(perSecond, seconds);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%d/s: reserve %s; from the moment it was due %s; %d answered; %d not granted or not settled; away %s%nrequests: %d, the warm-up included%n",
                            perSecond,
                            percentiles(times.sinceCalled),
                            percentiles(times.sinceDue),
                            times.sinceCalled.getTotalCount(),
                            bench.failed.get(),
                            bench.store.awayFor(),
                            bench.sequence);
            bench.store.close();
        }
    }

    /** Of the reservations, in microseconds. */
    private record Times(Histogram sinceCalled, Histogram sinceDue) {}

    private static String percentiles(Histogram micros) {
        return String.format(
                Locale.ROOT,
                "p50 %d us, p99 %d us, p99.9 %d us, most %d us",
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getValueAtPercentile(99.9),
                micros.getMaxValue());
    }

    /** Gently at first: a process whose code is not compiled yet is too slow for the full rate, and would take the server for away. */
    private void warmUp(int perSecond) {
        run(Math.ceilDiv(perSecond, GENTLY), GENTLE_SECONDS);
        run(perSecond, WARM_UP_SECONDS);
        while (!store.awayFor().isZero()) {
            LockSupport.parkNanos(NANOS_PER_SECOND / 100);
        }
    }

    private Times run(int perSecond, int seconds) {
        Times times = new Times(new ConcurrentHistogram(3), new ConcurrentHistogram(3));
        long begunNanos = time.nanos();
        long all = (long) perSecond * seconds;
        for (long i = 0; i < all; i++) {
            long dueNanos = begunNanos + i * NANOS_PER_SECOND / perSecond;
            for (long left = dueNanos - time.nanos(); left > 0; left = dueNanos - time.nanos()) {
                LockSupport.parkNanos(left);
            }
            open.acquireUninterruptibly();
            request(dueNanos, times);
        }
        open.acquireUninterruptibly(MOST_OPEN);
        open.release(MOST_OPEN);
        return times;
    }

    private void request(long dueNanos, Times times) {
        sequence++;
        long calledNanos = time.nanos();
        LimitPath path = paths.get((int) (sequence % KEYS));
        CompletionStage<Boolean> done = store.reserve("req-" + sequence, path, BOUND, time.epochMicros())
                .thenCompose(verdict -> {
                    long nanos = time.nanos();
                    times.sinceCalled.recordValue((nanos - calledNanos) / NANOS_PER_MICRO);
                    times.sinceDue.recordValue((nanos - dueNanos) / NANOS_PER_MICRO);
                    if (verdict instanceof Verdict.Granted granted) {
                        return ended(granted.reservation());
                    }
                    throw new IllegalStateException(verdict + " (expected: limits wide enough for all)");
                });
        done.whenComplete((_, failure) -> {
            if (failure != null) {
                failed.incrementAndGet();
            }
            open.release();
        });
    }

    /** Its line is written at once. */
    private CompletionStage<Boolean> ended(Reservation reservation) {
        CompletionStage<Boolean> settled = store.settle(reservation, ACTUAL, time.epochMicros());
        store.charge(List.of(), reservation, ACTUAL, time.epochMicros());
        return settled;
    }

    private static List<Limit> path(int key) {
        String tenant = "tenant-" + key % 10;
        Optional<String> team = Optional.of("team-" + key % 100);
        List<Limit> path = new ArrayList<>();
        add(path, new Place.OfGateway(), rate(Kind.REQUESTS), month(Kind.COST));
        add(path, new Place.OfModel("large"), rate(Kind.TOKENS), LimitSpec.concurrent(10_000));
        add(
                path,
                new Place.OfTenant(tenant),
                rate(Kind.REQUESTS),
                rate(Kind.TOKENS),
                month(Kind.TOKENS),
                month(Kind.COST));
        add(path, new Place.OfTeam(tenant, team.orElseThrow()), rate(Kind.TOKENS), LimitSpec.concurrent(10_000));
        add(path, new Place.OfKey(tenant, team, "key-" + key), rate(Kind.REQUESTS), month(Kind.TOKENS));
        return path;
    }

    private static void add(List<Limit> path, Place place, LimitSpec... specs) {
        for (LimitSpec spec : specs) {
            path.add(Limit.of(place, spec, ZoneOffset.UTC));
        }
    }

    private static LimitSpec rate(Kind kind) {
        return LimitSpec.of(kind, Period.MINUTE, 5_000_000_000L);
    }

    private static LimitSpec month(Kind kind) {
        return LimitSpec.of(kind, Period.MONTH, 9_000_000_000_000_000L);
    }
}
