package io.atlas.telemetry;

import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to somebody who may be slow or away: a bounded queue, emptied by one thread. Who adds to it never
 * waits, and wakes nobody; what finds no place, and what is not taken, is dropped and counted.
 */
public final class Backlog<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);
    private static final long NANOS_BETWEEN_LINES = Duration.ofMinutes(1).toNanos();
    private static final int MAX_WHY_CHARS = 200;

    private final Terms terms;
    private final Function<List<T>, Optional<String>> taker;
    private final TimeSource time;
    private final BlockingQueue<T> waiting;
    private final LongAdder dropped = new LongAdder();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private long toldDropped;
    private long toldNanos;

    /**
     * How much may wait, and for how long.
     *
     * @param name of what waits, in one word
     * @param capacity how many may wait
     * @param batch how many are handed over at once, at most
     * @param pause how long is waited for more before some are handed over
     */
    public record Terms(String name, int capacity, int batch, Duration pause) {}

    private Backlog(Terms terms, Function<List<T>, Optional<String>> taker, TimeSource time) {
        this.terms = terms;
        this.taker = taker;
        this.time = time;
        this.waiting = new ArrayBlockingQueue<>(terms.capacity);
        this.thread = Thread.ofPlatform().daemon().name("atlas-" + terms.name).unstarted(this::run);
    }

    /**
     * A backlog that is being emptied.
     *
     * @param taker takes some, and may block; what it says is why it did not take them
     */
    public static <T> Backlog<T> start(Terms terms, Function<List<T>, Optional<String>> taker, TimeSource time) {
        Backlog<T> backlog = new Backlog<>(terms, taker, time);
        backlog.toldNanos = time.nanos() - NANOS_BETWEEN_LINES;
        backlog.thread.start();
        return backlog;
    }

    /** One more. */
    public void add(T one) {
        if (!waiting.offer(one)) {
            dropped.increment();
        }
    }

    /** How many were dropped since the start. */
    public long dropped() {
        return dropped.sum();
    }

    /** Hands over what still waits, as far as it is taken within five seconds. */
    @Override
    public void close() {
        closing.countDown();
        try {
            if (!thread.join(PATIENCE_AT_CLOSE)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            boolean last;
            do {
                last = closing.await(terms.pause.toMillis(), TimeUnit.MILLISECONDS);
                handOver();
            } while (!last);
        } catch (InterruptedException e) {
            LOG.atInfo()
                    .addKeyValue("what", terms.name)
                    .addKeyValue("left", waiting.size())
                    .log("not all was taken");
        }
    }

    /** What comes meanwhile waits for the next time: else there would be no end, and a batch for every few. */
    private void handOver() throws InterruptedException {
        List<T> some = new ArrayList<>(terms.batch);
        int left = waiting.size();
        while (left > 0 && waiting.drainTo(some, Math.min(left, terms.batch)) > 0) {
            left -= some.size();
            Optional<String> refused = taken(List.copyOf(some));
            if (refused.isPresent()) {
                dropped.add(some.size());
            }
            some.clear();
            tell(refused.orElse("more came than there was room for"));
            if (Thread.interrupted()) {
                throw new InterruptedException("closed");
            }
        }
    }

    private Optional<String> taken(List<T> some) {
        try {
            return taker.apply(some);
        } catch (RuntimeException defect) {
            if (mayTell(time.nanos())) {
                LOG.atError().setCause(defect).addKeyValue("what", terms.name).log("telemetry could not be written");
            }
            return Optional.of(defect.toString());
        }
    }

    private boolean mayTell(long nowNanos) {
        return nowNanos - toldNanos >= NANOS_BETWEEN_LINES;
    }

    /** One line a minute, however much is dropped. */
    private void tell(String why) {
        long sum = dropped();
        long now = time.nanos();
        if (sum > toldDropped && mayTell(now)) {
            LOG.atWarn()
                    .addKeyValue("what", terms.name)
                    .addKeyValue("dropped", sum - toldDropped)
                    .addKeyValue("why", why.length() > MAX_WHY_CHARS ? why.substring(0, MAX_WHY_CHARS) : why)
                    .log("telemetry was dropped");
            toldDropped = sum;
            toldNanos = now;
        }
    }
}
