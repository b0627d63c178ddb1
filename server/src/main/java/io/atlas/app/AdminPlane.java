package io.atlas.app;

import io.atlas.admin.AlertResources;
import io.atlas.admin.BillResources;
import io.atlas.admin.DecisionResources;
import io.atlas.admin.Desk;
import io.atlas.admin.DoctorResources;
import io.atlas.admin.KeyResources;
import io.atlas.admin.LedgerResources;
import io.atlas.admin.LiveResources;
import io.atlas.admin.NodeResources;
import io.atlas.admin.PoolResources;
import io.atlas.admin.Resources;
import io.atlas.admin.SpendResources;
import io.atlas.admin.TailResources;
import io.atlas.alert.webhook.Courier;
import io.atlas.burn.BurnRates;
import io.atlas.config.InForce;
import io.atlas.config.ServerSettings;
import io.atlas.exchange.Services;
import io.atlas.gateway.Check;
import io.atlas.http.AdminListener;
import io.atlas.http.CheckRoute;
import io.atlas.http.Connections;
import io.atlas.http.MetricsRoute;
import io.atlas.http.Wire;
import io.atlas.keys.KeyRing;
import io.atlas.nodes.NodeRegistry;
import io.atlas.pool.Moves;
import io.atlas.reload.Standing;
import io.atlas.telemetry.LimitUse;
import io.atlas.telemetry.Prometheus;
import io.atlas.time.TimeSource;
import io.atlas.upstream.Gates;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.function.Supplier;

/** The admin listener: what operators ask of a gateway, and of what it is made. */
record AdminPlane(
        InForce inForce,
        Stores stores,
        NodeRegistry registry,
        KeyRing keys,
        Moves moves,
        BurnRates rates,
        Live live,
        Courier courier,
        Supplier<Standing> standing,
        TimeSource time) {
    /** Teams that are shown of those who wait before one backend. */
    private static final int MOST_CROWDS = 20;

    /**
     * What is under way.
     *
     * @param limits how full they are; asked for from threads that may wait
     */
    record Live(Prometheus metrics, Gates gates, Supplier<List<LimitUse>> limits) {}

    /** Listens; returns the port when it does. */
    int listen(Vertx vertx, Services services) {
        ServerSettings settings = inForce.get().configuration().server();
        Context context = vertx.getOrCreateContext();
        MetricsRoute route = new MetricsRoute(context, live.metrics);
        CheckRoute check = new CheckRoute(inForce, time, new Check(services.at(stores.quotaAt(context)), context));
        AdminListener admin = new AdminListener(context, desk(services), route, check, settings.adminToken());
        Wire wire =
                new Wire(settings.limits(), new Connections(settings.limits().connections()));
        HttpServer server = Waiting.on(
                wire.between(vertx.createHttpServer(wire.options()), admin)
                        .listen(settings.admin().port(), settings.admin().host()),
                "admin listener " + settings.admin());
        settings.metrics()
                .ifPresent(endpoint -> Waiting.on(
                        wire.between(vertx.createHttpServer(wire.options()), route.alone())
                                .listen(endpoint.port(), endpoint.host()),
                        "metrics listener " + endpoint));
        return server.actualPort();
    }

    private Desk desk(Services services) {
        Resources resources =
                new Resources(new Resources.Sources(inForce, stores.quota(), stores.people(), rates, standing), time);
        return new Desk(
                resources,
                new LedgerResources(stores.ledger(), stores.shared().map(shared -> shared), time),
                bills(),
                new SpendResources(inForce, stores.ledger(), stores.shared(), time),
                new DecisionResources(stores.ledger(), stores.shared().map(shared -> shared), time),
                new TailResources(stores.ledger(), stores.shared().map(SharedLedger::lines), time),
                liveResources(),
                new KeyResources(keys, time),
                new PoolResources(inForce, stores.quota(), services.pools(), moves, time),
                new NodeResources(registry, stores.node()),
                new AlertResources(courier),
                new DoctorResources(
                        new Checks(() -> inForce.get().configuration(), stores, registry, standing, time).doctor()));
    }

    private BillResources bills() {
        return new BillResources(
                new BillResources.Sources(
                        stores.ledger(),
                        stores.shared(),
                        () -> stores.shared().map(SharedLedger::missingRecords).orElse(0L)),
                inForce,
                time);
    }

    private LiveResources liveResources() {
        return new LiveResources(
                new LiveResources.Sources(
                        live.metrics::totals, () -> live.gates.views(MOST_CROWDS), live.limits, rates),
                time);
    }
}
