package io.atlas.report;

import io.atlas.config.TelemetrySettings;
import io.atlas.config.TelemetrySettings.AccessLines;
import io.atlas.telemetry.Finished;
import io.atlas.time.TimeSource;
import io.atlas.trace.Traces;
import io.atlas.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Who is told of each request that is over, as it is configured. */
public final class Reports implements AutoCloseable {
    private final Optional<Tracing> tracing;
    private final Optional<AccessLog> accessLog;

    private Reports(Optional<Tracing> tracing, Optional<AccessLog> accessLog) {
        this.tracing = tracing;
        this.accessLog = accessLog;
    }

    /**
     * Starts what is asked for.
     *
     * @param node the name of this node
     * @param providers the kind of server behind the backend of a name; empty where there is no such backend
     */
    public static Reports start(
            TelemetrySettings settings, String node, Function<String, String> providers, TimeSource time) {
        return new Reports(
                settings.traces().map(traces -> Tracing.start(traces, node, providers, time)),
                settings.accessLines() == AccessLines.JSON ? Optional.of(new AccessLog(time)) : Optional.empty());
    }

    /** Which trace a request is a part of. */
    public Traces traces() {
        return tracing.<Traces>map(one -> one).orElse(Traces.NONE);
    }

    /** The same and these, as one. */
    public Finished with(Finished metrics) {
        List<Finished> told = new ArrayList<>(List.of(metrics));
        tracing.ifPresent(told::add);
        accessLog.ifPresent(told::add);
        return Finished.all(List.copyOf(told));
    }

    /** How many were dropped since the start, by the names of what is reported. */
    public Map<String, Long> dropped() {
        Map<String, Long> dropped = new TreeMap<>();
        tracing.ifPresent(one -> dropped.put("traces", one.dropped()));
        accessLog.ifPresent(one -> dropped.put("access_log", one.dropped()));
        return dropped;
    }

    /** Hands over what still waits, as far as it is taken within five seconds. */
    @Override
    public void close() {
        tracing.ifPresent(Tracing::close);
        accessLog.ifPresent(AccessLog::close);
    }
}
