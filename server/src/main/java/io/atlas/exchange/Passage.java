package io.atlas.exchange;

import io.vertx.core.Future;
import java.util.function.Function;

/**
 * What a stage did with a request.
 *
 * @param <T> what the next stage takes
 */
public sealed interface Passage<T> {
    /** It goes on. */
    record Onward<T>(T next) implements Passage<T> {}

    /** It ends here. */
    record Stopped<T>(Stop stop) implements Passage<T> {}

    public static <T> Future<Passage<T>> onward(T next) {
        return Future.succeededFuture(new Onward<>(next));
    }

    public static <T> Future<Passage<T>> stopped(Stop stop) {
        return Future.succeededFuture(new Stopped<>(stop));
    }

    /** The stage, for a request that may have been stopped before it. */
    public static <A, B> Function<Passage<A>, Future<Passage<B>>> then(Stage<A, B> stage) {
        return passage -> switch (passage) {
            case Onward<A> onward -> stage.pass(onward.next);
            case Stopped<A> stopped -> stopped(stopped.stop);
        };
    }
}
