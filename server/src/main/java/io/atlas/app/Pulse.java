package io.atlas.app;

import io.atlas.config.InForce;
import io.atlas.model.Backend;
import io.atlas.time.TimeSource;
import io.atlas.upstream.Gates;
import io.atlas.upstream.figures.FigureClient;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What goes on at the gates as time passes: what was learned of each backend is adjusted, and the backends that tell of
 * themselves are asked once a second. One that does not answer is asked ever less often, down to twice a minute, and
 * nothing is known of it meanwhile. Owned by one event loop.
 */
final class Pulse {
    private static final long BEAT_MILLIS = 250;
    private static final long WORD_MILLIS = 20;
    private static final int BEATS_BETWEEN_QUESTIONS = 4;
    private static final int MOST_BEATS = 120;

    private final InForce inForce;
    private final Gates gates;
    private final Function<Backend, URI> addresses;
    private final TimeSource time;
    private final FigureClient figures;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, Long> nextBeats = new HashMap<>();
    private final Map<String, Integer> pauses = new HashMap<>();
    private long beat;

    private Pulse(InForce inForce, Gates gates, Function<Backend, URI> addresses, TimeSource time, Vertx vertx) {
        this.inForce = inForce;
        this.gates = gates;
        this.addresses = addresses;
        this.time = time;
        this.figures = new FigureClient(vertx);
    }

    /** Begins, and goes on until the event loops end. */
    static void begin(InForce inForce, Gates gates, Function<Backend, URI> addresses, TimeSource time, Vertx vertx) {
        vertx.getOrCreateContext().runOnContext(_ -> {
            Pulse pulse = new Pulse(inForce, gates, addresses, time, vertx);
            pulse.beat();
            vertx.setPeriodic(BEAT_MILLIS, _ -> pulse.beat());
            if (gates.shared()) {
                gates.beat(pulse.nowMicros());
                vertx.setPeriodic(WORD_MILLIS, _ -> gates.beat(pulse.nowMicros()));
            }
        });
    }

    private void beat() {
        beat++;
        Map<String, Backend> backends = inForce.get().configuration().backends();
        nextBeats.keySet().retainAll(backends.keySet());
        pauses.keySet().retainAll(backends.keySet());
        backends.values().stream()
                .filter(backend -> backend.type().tellsOfItself())
                .filter(backend -> nextBeats.getOrDefault(backend.name(), 0L) <= beat)
                .filter(backend -> asked.add(backend.name()))
                .forEach(this::ask);
        gates.pass(nowMicros());
    }

    private void ask(Backend backend) {
        long askedAt = beat;
        figures.ask(addresses.apply(backend))
                .onSuccess(reading -> gates.read(backend.name(), reading, nowMicros()))
                .onComplete(answer -> {
                    int pause = pauses.getOrDefault(backend.name(), BEATS_BETWEEN_QUESTIONS);
                    nextBeats.put(backend.name(), askedAt + pause);
                    pauses.put(
                            backend.name(),
                            answer.succeeded() ? BEATS_BETWEEN_QUESTIONS : Math.min(2 * pause, MOST_BEATS));
                    asked.remove(backend.name());
                });
    }

    private long nowMicros() {
        return time.nanos() / 1_000;
    }
}
