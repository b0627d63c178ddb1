package io.atlas.exchange;

import io.vertx.core.Future;

/**
 * One stage of a request's way: takes what the stage before made, and makes what the next one needs, or stops the request.
 *
 * @param <A> what it takes
 * @param <B> what it makes
 */
@FunctionalInterface
public interface Stage<A, B> {
    /** Does its part. The future fails only by a defect. */
    public Future<Passage<B>> pass(A from);
}
