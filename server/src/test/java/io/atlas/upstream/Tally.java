package io.atlas.upstream;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.telemetry.Telemetry;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the gate tells. */
final class Tally implements Telemetry {
    final AtomicInteger inflight = new AtomicInteger();
    final AtomicInteger queued = new AtomicInteger();

    @Override
    public void finished(Receipt receipt, Timings timings) {}

    @Override
    public void inflight(String backend, int change) {
        inflight.addAndGet(change);
    }

    @Override
    public void queued(int priority, int change) {
        queued.addAndGet(change);
    }

    @Override
    public void backendError(String backend, String kind) {}

    @Override
    public void overshot() {}

    @Override
    public void backendUp(String backend, Reach reach) {}
}
