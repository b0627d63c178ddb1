package io.atlas.app;

import io.vertx.core.Future;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Waits, on a thread that may wait. */
final class Waiting {
    private Waiting() {}

    /** The result; what failed comes as a {@link StartException} that says what was wanted. */
    static <T> T on(Future<T> future, String what) {
        return on(future.toCompletionStage(), what);
    }

    /** The result; what failed comes as a {@link StartException} that says what was wanted. */
    static <T> T on(CompletionStage<T> stage, String what) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartException(what + ": " + cause.getMessage(), cause);
        }
    }
}
