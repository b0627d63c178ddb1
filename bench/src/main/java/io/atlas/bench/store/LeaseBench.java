package io.atlas.bench.store;

import io.atlas.kernel.lease.Account;
import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Wish;
import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Period;
import io.atlas.store.Patience;
import io.atlas.store.lease.Drawing;
import io.atlas.store.lease.Floor;
import io.atlas.store.lease.Leases;
import io.atlas.store.lease.Lender;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request of a hot path costs on the node that holds leases: a part of those on twelve limits, two of the gateway,
 * two of the model and eight of the tenant, and its end. The lender answers at once and lends what is wished for, so that
 * what is measured is the node's own work, the asking included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmn32m", "-Xmx512m"})
public class LeaseBench {
    private static final Demand BOUND = new Demand(2_100, 500, 10_250_000);
    private static final Demand ACTUAL = new Demand(310, 120, 1_975_000);
    private static final int TENANTS_LIMITS = 8;
    private static final String ID = "req_0190000000007000800000000000000";

    private final Leases leases = new Leases(new Ground(), new Patience(Duration.ofMillis(40)));
    private final List<Limit> path = path();

    /** What a reservation takes of the leases. */
    @Benchmark
    public Drawing drawAndEnd() {
        Drawing drawn = leases.draw(ID, path, BOUND).toCompletableFuture().join();
        leases.end(ID, Optional.of(ACTUAL));
        return drawn;
    }

    private static List<Limit> path() {
        List<Limit> path = new ArrayList<>();
        for (Place place : List.of(new Place.OfGateway(), new Place.OfModel("large"))) {
            path.add(limit(place, Kind.REQUESTS, Period.MINUTE));
            path.add(limit(place, Kind.COST, Period.MONTH));
        }
        for (int i = 0; i < TENANTS_LIMITS; i += 2) {
            Place place = new Place.OfTeam("acme", "team-" + i);
            path.add(limit(place, Kind.TOKENS, Period.MINUTE));
            path.add(limit(place, Kind.COST, Period.MONTH));
        }
        return path;
    }

    private static Limit limit(Place place, Kind kind, Period period) {
        return Limit.of(place, LimitSpec.of(kind, period, Money.MAX_NANO_USD), ZoneOffset.UTC);
    }

    /** A node that is alone with a lender who has enough. */
    private static final class Ground implements Floor, Lender {
        private static final long NANOS_PER_MICRO = 1_000;

        private long names;

        @Override
        public CompletionStage<Loan> lend(String id, List<Limit> limits, Wish wish) {
            List<Long> amounts = new ArrayList<>(limits.size());
            List<Count> after = new ArrayList<>(limits.size());
            for (int i = 0; i < limits.size(); i++) {
                long amount = wish.amount(i, Money.MAX_NANO_USD / 2);
                amounts.add(amount);
                after.add(
                        limits.get(i).spec().leaks()
                                ? new Count.OfBucket(amount, amount, 0, 0)
                                : new Count.OfWindow(0, amount, 0, Long.MAX_VALUE));
            }
            return CompletableFuture.completedFuture(new Loan.Lent(Amounts.of(amounts), after, 0));
        }

        @Override
        public CompletionStage<Loan> lendAgain(String id, List<Limit> limits, Amounts held) {
            return CompletableFuture.completedFuture(new Loan.Unmarked());
        }

        @Override
        public CompletionStage<Boolean> tell(String id, List<Limit> limits, Account account) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletionStage<Boolean> extend(String id, List<Limit> limits) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public Lender lender() {
            return this;
        }

        @Override
        public long micros() {
            return System.nanoTime() / NANOS_PER_MICRO;
        }

        @Override
        public String name() {
            names++;
            return "lease-" + names;
        }

        @Override
        public long shares() {
            return 1;
        }

        @Override
        public boolean away() {
            return false;
        }

        @Override
        public void failed(Throwable failure) {
            throw new IllegalStateException(failure);
        }

        @Override
        public void disowned() {
            throw new IllegalStateException("disowned (expected: never)");
        }
    }
}
