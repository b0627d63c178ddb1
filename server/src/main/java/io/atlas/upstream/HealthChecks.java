package io.atlas.upstream;

import io.atlas.model.Backend;
import io.atlas.model.Health.Attention;
import io.atlas.telemetry.Telemetry;
import io.atlas.telemetry.Telemetry.Reach;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks after backends with a question that costs them nothing: one that fails is found well again before its breaker
 * would try it with a request, and one that is watched at all times is known to be dead before a request finds out. Owned
 * by the event loop of its clients.
 */
public final class HealthChecks {
    private static final long TICK_MILLIS = 250;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int WORST_GOOD_STATUS = 399;

    private final BackendClients clients;
    private final Deployments deployments;
    private final Telemetry telemetry;
    private final Supplier<Collection<Backend>> backends;
    private final LongSupplier nowMicros;
    private final Map<String, Long> lookedMicros = new HashMap<>();
    private final Set<String> looking = new HashSet<>();

    /**
     * Checks that are made by these clients.
     *
     * @param backends those of the configuration in force
     * @param nowMicros by the clock that measures
     */
    public HealthChecks(
            BackendClients clients,
            Deployments deployments,
            Telemetry telemetry,
            Supplier<Collection<Backend>> backends,
            LongSupplier nowMicros) {
        this.clients = clients;
        this.deployments = deployments;
        this.telemetry = telemetry;
        this.backends = backends;
        this.nowMicros = nowMicros;
    }

    /** From now on looks when it is time. */
    public void begin(Context context) {
        context.owner().setPeriodic(TICK_MILLIS, _ -> context.runOnContext(_ -> tick()));
    }

    private void tick() {
        long now = nowMicros.getAsLong();
        Collection<Backend> current = backends.get();
        for (Backend backend : current) {
            List<Condition> conditions = deployments.on(backend.name());
            if (wanted(backend, conditions, now) && due(backend, now) && looking.add(backend.name())) {
                lookedMicros.put(backend.name(), now);
                look(backend, conditions, now);
            }
        }
        lookedMicros.keySet().retainAll(current.stream().map(Backend::name).toList());
        clients.retain(current);
    }

    private static boolean wanted(Backend backend, List<Condition> conditions, long now) {
        return switch (backend.health().attention()) {
            case ALWAYS -> true;
            case UNHEALTHY -> conditions.stream().anyMatch(condition -> !condition.healthy(now));
            case NEVER -> false;
        };
    }

    private boolean due(Backend backend, long now) {
        Long last = lookedMicros.get(backend.name());
        return last == null
                || now - last
                        >= TimeUnit.MILLISECONDS.toMicros(
                                backend.health().interval().toMillis());
    }

    private void look(Backend backend, List<Condition> conditions, long sentMicros) {
        clients.of(backend)
                .look(path(backend), PATIENCE)
                .map(status -> status <= WORST_GOOD_STATUS)
                .otherwise(false)
                .onSuccess(well -> {
                    looking.remove(backend.name());
                    long now = nowMicros.getAsLong();
                    if (well) {
                        conditions.forEach(condition -> condition.foundWell(now));
                        telemetry.backendUp(backend.name(), Reach.UP);
                    } else {
                        if (backend.health().attention() == Attention.ALWAYS) {
                            conditions.forEach(condition -> condition.failed(sentMicros, now, backend.health()));
                        }
                        telemetry.backendUp(backend.name(), Reach.DOWN);
                    }
                });
    }

    /** What each type of server answers without any work. */
    private static String path(Backend backend) {
        return backend.health().path().orElseGet(() -> switch (backend.type()) {
            case VLLM, SGLANG, SIM -> "/health";
            case OLLAMA -> "/api/version";
            case OPENAI -> "/v1/models";
        });
    }
}
