package io.atlas.trace;

import io.atlas.kernel.trace.TraceContext;
import io.atlas.kernel.trace.TraceParent;
import io.atlas.time.Ids;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/**
 * Follows the caller's trace, recorded or not as he says; of the requests without one a share begins a trace. As others do
 * who sample by the id (W3C Trace Context, level 2, section 5), it is the last 56 bits of the id that decide.
 */
final class Sampler implements Traces {
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");
    private static final long ALL = 1L << 56;
    private static final int PER_MILLE = 1_000;

    private final long least;

    /** A sampler that begins so many traces for a thousand requests. */
    Sampler(int perMille) {
        this.least = perMille == 0 ? ALL : (PER_MILLE - perMille) * (ALL / PER_MILLE);
    }

    @Override
    public Optional<TraceContext> of(MultiMap headers) {
        String parent = headers.get(TRACEPARENT);
        if (parent == null) {
            return begun();
        }
        boolean one = headers.getAll(TRACEPARENT).size() == 1;
        Optional<TraceParent> followed = one ? TraceParent.read(parent) : Optional.empty();
        return followed.isPresent()
                ? followed.map(caller -> TraceContext.of(caller, state(headers), Ids.chance()))
                : begun();
    }

    private static String state(MultiMap headers) {
        List<String> lines = headers.getAll(TRACESTATE);
        return lines.isEmpty() ? "" : TraceParent.state(String.join(",", lines));
    }

    private Optional<TraceContext> begun() {
        long low = Ids.chance();
        return (low & (ALL - 1)) >= least
                ? Optional.of(TraceContext.begin(Ids.chance(), low, Ids.chance()))
                : Optional.empty();
    }
}
