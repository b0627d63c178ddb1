package io.atlas.trace;

import io.atlas.kernel.trace.TraceContext;
import io.vertx.core.MultiMap;
import java.util.Optional;

/** Which trace a request is a part of. */
@FunctionalInterface
public interface Traces {
    /** Nobody traces. */
    Traces NONE = _ -> Optional.empty();

    /** The trace of a request with these headers, if it is a part of one. */
    Optional<TraceContext> of(MultiMap headers);
}
