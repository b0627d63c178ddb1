package io.atlas.upstream;

import io.atlas.config.Configuration;
import io.atlas.kernel.capacity.Reading;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.fair.QueueView;
import io.atlas.kernel.order.Seat;
import io.atlas.model.Backend;
import io.atlas.order.Company;
import io.atlas.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The gate of each backend. */
public final class Gates {
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final Telemetry telemetry;
    private final Optional<Company> others;
    private volatile Guarantees guarantees = new Guarantees(List.of());
    private long beats;

    /**
     * Gates that tell of who stands at them.
     *
     * @param others the nodes that have gates to the same backends, if there are any
     */
    public Gates(Telemetry telemetry, Optional<Company> others) {
        this.telemetry = telemetry;
        this.others = others;
    }

    /** The gate of that backend; its places are those that the configuration in force says. */
    public Gate of(Backend backend) {
        Gate known = gates.get(backend.name());
        return known == null
                ? gates.computeIfAbsent(
                        backend.name(), name -> new Gate(name, capacity(backend), guarantees, telemetry, others))
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

    /** Whether other nodes have gates to the same backends. */
    public boolean shared() {
        return others.isPresent();
    }

    /** A fiftieth of a second has passed: the other nodes hear of this one. To be called by one thread. */
    public void beat(long nowMicros) {
        beats++;
        gates.values().forEach(gate -> gate.beat(beats, nowMicros));
    }

    /** This node comes to its end: what lies idle of its places is the others' from now on. */
    public void leave(long nowMicros) {
        gates.values().forEach(gate -> gate.leave(nowMicros));
    }

    /** Nothing is here any more; done when the other nodes know, or it is not known whether they do. */
    public CompletionStage<?> end() {
        return CompletableFuture.allOf(gates.values().stream()
                .map(gate -> gate.end().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    /** Who says at each backend whose turn it is; nothing where no other node has gates. */
    public Map<String, Seat.Standing> standings() {
        Map<String, Seat.Standing> standings = new TreeMap<>();
        gates.forEach((name, gate) -> gate.standing().ifPresent(standing -> standings.put(name, standing)));
        return standings;
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
