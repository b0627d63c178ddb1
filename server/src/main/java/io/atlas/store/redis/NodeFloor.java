package io.atlas.store.redis;

import io.atlas.store.lease.Floor;
import io.atlas.store.lease.Lender;
import io.atlas.store.share.Breaker;
import io.atlas.store.share.LocalShare;
import io.atlas.time.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What this node's leases stand on: its server, its clock, and who is to know when something goes wrong.
 *
 * @param born what begins the names of its leases, so that none is called like one of an earlier life
 */
record NodeFloor(
        Lender lender,
        TimeSource time,
        Breaker breaker,
        LocalShare share,
        Consumer<Throwable> failures,
        Runnable disowning,
        String born,
        AtomicLong names)
        implements Floor {
    /** Of what is left of a limit each node may hold the fourth part of its share in advance. */
    private static final long CAUTION = 4;

    private static final long NANOS_PER_MICRO = 1_000;
    private static final int DIGITS = 36;

    NodeFloor(
            Lender lender,
            TimeSource time,
            Breaker breaker,
            LocalShare share,
            Consumer<Throwable> failures,
            Runnable disowning) {
        this(
                lender,
                time,
                breaker,
                share,
                failures,
                disowning,
                "lease-" + Long.toString(time.epochMicros(), DIGITS) + "-",
                new AtomicLong());
    }

    @Override
    public long micros() {
        return time.nanos() / NANOS_PER_MICRO;
    }

    @Override
    public String name() {
        return born + names.incrementAndGet();
    }

    @Override
    public long shares() {
        return CAUTION * share.nodes();
    }

    @Override
    public boolean away() {
        return breaker.open();
    }

    @Override
    public void failed(Throwable failure) {
        failures.accept(failure);
    }

    @Override
    public void disowned() {
        disowning.run();
    }
}
