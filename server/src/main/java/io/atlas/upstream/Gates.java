package io.atlas.upstream;

import io.atlas.config.Backend;
import io.atlas.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The gate of each backend. */
public final class Gates {
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final Telemetry telemetry;

    /** Gates that tell of who stands at them. */
    public Gates(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** The gate of that backend. */
    public Gate of(Backend backend) {
        return gates.computeIfAbsent(
                backend.name(), name -> new Gate(name, backend.concurrency(), backend.queue(), telemetry));
    }
}
