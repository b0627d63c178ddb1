package io.atlas.app;

import java.util.concurrent.CountDownLatch;

/** The life of a process that serves until it is asked to stop. */
final class Lifetime {
    private static final int STOPPED = 0;

    private Lifetime() {}

    /**
     * Waits until the process is asked to stop, and stops what it serves. A process that was asked and has stopped in
     * order has done what it should, so it ends with 0 and not with the number of the signal.
     */
    static int untilAskedToStop(Runnable stop) {
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("atlas-stop").unstarted(() -> {
                    stop.run();
                    Runtime.getRuntime().halt(STOPPED);
                }));
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return STOPPED;
    }
}
