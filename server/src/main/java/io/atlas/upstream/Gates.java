package io.atlas.upstream;

import io.atlas.config.Configuration;
import io.atlas.kernel.capacity.Reading;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.fair.QueueView;
import io.atlas.model.Backend;
import io.atlas.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The gate of each backend. */
public final class Gates {
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final Telemetry telemetry;
    private volatile Guarantees guarantees = new Guarantees(List.of());

    /** Gates that tell of who stands at them. */
    public Gates(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** The gate of that backend; its places are those that the configuration in force says. */
    public Gate of(Backend backend) {
        Gate known = gates.get(backend.name());
        return known == null
                ? gates.computeIfAbsent(
                        backend.name(), name -> new Gate(name, capacity(backend), guarantees, telemetry))
                : known;
    }

    /**
     * Gives the gates the places that the configuration's backends have, and the bands that its tiers have; the gate of a
     * backend that is no more goes when it is empty.
     */
    public void follow(Configuration configuration, long nowMicros) {
        guarantees = new Guarantees(configuration.tiers().values().stream()
                .map(plan -> plan.tier().priority())
                .toList());
        Map<String, Backend> backends = configuration.backends();
        backends.values().forEach(backend -> of(backend).resize(capacity(backend), guarantees, nowMicros));
        gates.entrySet()
                .removeIf(gate ->
                        !backends.containsKey(gate.getKey()) && gate.getValue().empty());
    }

    /** The bound of each gate: {@link Gate#bound}. */
    public Map<String, Double> bounds() {
        Map<String, Double> bounds = new TreeMap<>();
        gates.forEach((name, gate) -> bounds.put(name, gate.bound()));
        return bounds;
    }

    /** Time has passed; to be called a few times a second: {@link Gate#pass}. */
    public void pass(long nowMicros) {
        gates.values().forEach(gate -> gate.pass(nowMicros));
    }

    /** A backend tells of itself; nothing where it has no gate. */
    public void read(String backend, Reading reading, long nowMicros) {
        Gate gate = gates.get(backend);
        if (gate != null) {
            gate.read(reading, nowMicros);
        }
    }

    /** What is in use at each backend, and how much may be. */
    public Map<String, List<Room>> rooms() {
        Map<String, List<Room>> rooms = new TreeMap<>();
        gates.forEach((name, gate) -> rooms.put(name, gate.rooms()));
        return rooms;
    }

    /** Who is at each backend and who waits, for people; of those who wait at one no more teams than so many. */
    public SortedMap<String, QueueView> views(int mostCrowds) {
        SortedMap<String, QueueView> views = new TreeMap<>();
        gates.forEach((name, gate) -> views.put(name, gate.view(mostCrowds)));
        return views;
    }

    private static Capacity capacity(Backend backend) {
        return new Capacity(backend.concurrency(), backend.queue(), Gate.WAITING_BYTES);
    }
}
