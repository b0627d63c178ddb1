package io.atlas.config;

import io.atlas.secret.Secret;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** What is told of requests beside their metrics. */
public record TelemetrySettings(Optional<TraceSettings> traces, AccessLines accessLines) {
    /** Nothing. */
    public static final TelemetrySettings NONE = new TelemetrySettings(Optional.empty(), AccessLines.NONE);

    /** What the access log has of each request. */
    public enum AccessLines {
        NONE,
        /** A JSON object on standard output. */
        JSON
    }

    /**
     * Where traces go.
     *
     * @param endpoint of a collector that takes OTLP over HTTP, without {@code /v1/traces}
     * @param samplePerMille of a thousand requests whose callers do not trace, how many are traced
     * @param headers for the collector
     */
    public record TraceSettings(URI endpoint, int samplePerMille, Map<String, Secret> headers) {
        public TraceSettings {
            headers = Map.copyOf(headers);
        }
    }
}
