package io.atlas.endings;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what comes by itself. */
public final class Await {
    /** Longer than anything takes on a machine that is busy with other things. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long BETWEEN_NANOS = 5_000_000;

    private Await() {}

    /** Returns when the condition holds, and fails where it does not come to. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        until(() -> what, condition);
    }

    /** The same, and says in the end how far it came. */
    public static void until(Supplier<String> what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE + ": " + what.get());
            }
            LockSupport.parkNanos(BETWEEN_NANOS);
        }
    }
}
