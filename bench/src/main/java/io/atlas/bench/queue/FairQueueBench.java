package io.atlas.bench.queue;

import io.atlas.kernel.fair.Admission;
import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.FairQueue;
import io.atlas.kernel.fair.Flow;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.fair.Ticket;
import io.atlas.kernel.fair.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

/**
 * The fair queue's price of one request under pressure: its arrival, the end of another one, and the call of the next. So
 * many tenants of three bands wait, mostly one request each; 64 are served. The collector is that of the launcher.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 4, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmn32m", "-Xmx512m"})
public class FairQueueBench {
    private static final long SEED = 42;
    private static final int PLACES = 64;
    private static final List<Integer> PRIORITIES = List.of(20, 10, 0);

    /** How many tenants wait. */
    @Param({"100", "10000"})
    int tenants;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Flow> flows = new ArrayList<>();
    private final Deque<Ticket<String>> running = new ArrayDeque<>();
    private FairQueue<String> queue = queue(1);
    private long nowMicros;

    /** Fills the places and the queue. */
    @Setup
    public void fill() {
        queue = queue(2 * tenants);
        for (int i = 0; i < tenants; i++) {
            flows.add(new Flow("tenant-" + i, "", PRIORITIES.get(i % 3), 1 + i % 8));
        }
        for (int i = 0; i < PLACES; i++) {
            arrive(flows.get(i));
        }
        flows.forEach(this::arrive);
    }

    /** One comes, one is over, one is called. */
    @Benchmark
    public int arriveSettleAndCall() {
        nowMicros += 10;
        arrive(flows.get(random.nextInt(tenants)));
        queue.settle(running.remove(), 200 + random.nextInt(2_000), random.nextInt(400), nowMicros);
        if (queue.next(nowMicros).orElseThrow() instanceof Turn.Called<String> called) {
            running.add(called.ticket());
        }
        return queue.waiting();
    }

    private void arrive(Flow flow) {
        Arrival arrival = new Arrival(flow, 1_200, 500, 2_000, Long.MAX_VALUE);
        if (queue.arrive(arrival, "request", nowMicros) instanceof Admission.Started<String> started) {
            running.add(started.ticket());
        }
    }

    private static FairQueue<String> queue(int waiting) {
        return new FairQueue<>(new Capacity(PLACES, waiting, 1L << 40), new Guarantees(PRIORITIES));
    }
}
