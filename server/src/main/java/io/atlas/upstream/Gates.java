package io.atlas.upstream;

import io.atlas.config.Backend;
import io.atlas.telemetry.Telemetry;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The gate of each backend. */
public final class Gates {
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final Telemetry telemetry;

    /** Gates that tell of who stands at them. */
    public Gates(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** The gate of that backend; its places are those that the configuration in force says. */
    public Gate of(Backend backend) {
        return gates.computeIfAbsent(
                backend.name(), name -> new Gate(name, backend.concurrency(), backend.queue(), telemetry));
    }

    /** Gives the gates the places that these backends have; the gate of a backend that is no more goes when it is empty. */
    public void follow(Collection<Backend> backends) {
        backends.forEach(backend -> of(backend).resize(backend.concurrency(), backend.queue()));
        Set<String> names = backends.stream().map(Backend::name).collect(Collectors.toSet());
        gates.entrySet()
                .removeIf(gate ->
                        !names.contains(gate.getKey()) && gate.getValue().empty());
    }
}
