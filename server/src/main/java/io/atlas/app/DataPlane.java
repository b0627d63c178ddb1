package io.atlas.app;

import io.atlas.config.ServerSettings;
import io.atlas.exchange.Services;
import io.atlas.gateway.Gateway;
import io.atlas.http.Connections;
import io.atlas.http.DataListener;
import io.atlas.http.Wire;
import io.atlas.store.QuotaStore;
import io.atlas.upstream.BackendClients;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** The data plane of one event loop: its listener, its gateway, its connections to the backends. */
final class DataPlane extends VerticleBase {
    /** By which listeners of one process share a free port: 0 would give each its own. */
    private static final int ANY_SHARED_PORT = -1;

    /** How often what leads to backends of the past is let go of. */
    static final long TIDY_MILLIS = 60_000;

    private static final long SETTLE_SECONDS = 10;

    private final Services services;
    private final ServerSettings settings;
    private final Addresses addresses;
    private final Shared shared;
    private Optional<Open> open = Optional.empty();

    private record Open(HttpServer server, Gateway gateway) {}

    /**
     * What the data planes of one process share.
     *
     * @param detail what is told beside whether it is ready
     * @param counters as an event loop asks them
     * @param connections those that are open
     * @param port the one that they listen on
     */
    record Shared(
            BooleanSupplier ready,
            Supplier<String> detail,
            Function<Context, QuotaStore> counters,
            Connections connections,
            AtomicInteger port) {}

    DataPlane(Services services, ServerSettings settings, Addresses addresses, Shared shared) {
        this.services = services;
        this.settings = settings;
        this.addresses = addresses;
        this.shared = shared;
    }

    @Override
    public Future<?> start() {
        BackendClients clients = new BackendClients(vertx, addresses::of);
        vertx.setPeriodic(
                TIDY_MILLIS,
                _ -> clients.retain(
                        services.snapshot().get().configuration().backends().values()));
        Gateway gateway = new Gateway(services.at(shared.counters.apply(context)), clients, context);
        Wire wire = new Wire(settings.limits(), shared.connections);
        HttpServer listener = wire.between(
                vertx.createHttpServer(wire.options()), new DataListener(gateway, shared.ready, shared.detail));
        open = Optional.of(new Open(listener, gateway));
        int port = settings.listen().port();
        return listener.listen(
                        port == 0 ? ANY_SHARED_PORT : port, settings.listen().host())
                .onSuccess(listening -> shared.port.set(listening.actualPort()));
    }

    /**
     * Takes no more connections and lets what is open come to its end; ends what has not come to it in time, and waits
     * until every end is in the ledger.
     */
    Future<Void> drain(Duration grace) {
        return open.map(plane -> drain(plane, grace)).orElseGet(Future::succeededFuture);
    }

    private Future<Void> drain(Open plane, Duration grace) {
        long timer = vertx.setTimer(grace.toMillis(), _ -> plane.gateway.breakOff());
        return plane.server
                .shutdown(grace.toSeconds() + SETTLE_SECONDS, TimeUnit.SECONDS)
                .eventually(() -> {
                    vertx.cancelTimer(timer);
                    return plane.gateway.quiet().timeout(SETTLE_SECONDS, TimeUnit.SECONDS);
                });
    }
}
