package io.atlas.app;

import io.atlas.alert.webhook.Courier;
import io.atlas.books.Reconciliation;
import io.atlas.books.Recount;
import io.atlas.burn.BurnRates;
import io.atlas.config.Configuration;
import io.atlas.config.Endpoint;
import io.atlas.config.InForce;
import io.atlas.config.ServerSettings;
import io.atlas.config.Snapshot;
import io.atlas.elasticity.Adjustments;
import io.atlas.exchange.Deadlines;
import io.atlas.exchange.Savings;
import io.atlas.exchange.Services;
import io.atlas.exchange.TagSets;
import io.atlas.http.Connections;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.order.Seat;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.keys.KeyRing;
import io.atlas.model.Backend;
import io.atlas.nodes.Heartbeat;
import io.atlas.nodes.NodeRegistry;
import io.atlas.order.Company;
import io.atlas.order.redis.RedisBoard;
import io.atlas.pool.Moves;
import io.atlas.pool.Pools;
import io.atlas.reload.FileWatch;
import io.atlas.reload.Hangup;
import io.atlas.reload.Reload;
import io.atlas.replay.Replays;
import io.atlas.report.Reports;
import io.atlas.telemetry.LimitUse;
import io.atlas.telemetry.Prometheus;
import io.atlas.telemetry.Sources;
import io.atlas.time.TimeSource;
import io.atlas.tokenizer.InputCount;
import io.atlas.tokenizer.TokenCounter;
import io.atlas.upstream.BackendClients;
import io.atlas.upstream.Deployments;
import io.atlas.upstream.Gates;
import io.atlas.upstream.HealthChecks;
import io.atlas.upstream.RetryBudgets;
import io.atlas.yaml.Environment;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: everything wired together, from {@link #start} to {@link #stop}. */
public final class Atlas {
    private static final Logger LOG = LoggerFactory.getLogger(Atlas.class);

    /** How late a move between pools may end. */
    private static final long MOVES_MILLIS = 1_000;

    private final InForce inForce;
    private final Deadlines deadlines;
    private final TimeSource time;
    private final Reload reload;
    private final Vertx vertx;
    private final Stores stores;
    private final NodeRegistry registry;
    private final Optional<Absentees> absentees;
    private final Optional<Reconciliation> reconciliation;
    private final KeyRing keys;
    private final Moves moves;
    private final Consumer<Snapshot> counting;
    private final InputCount counts;
    private final BurnRates rates = new BurnRates();
    private final Reports reports;
    private final Prometheus metrics;
    private final Courier courier;
    private final Optional<RedisBoard> board;
    private final Gates gates;
    private final Replays replays;
    private final Adjustments adjustments;
    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicInteger port;
    private final List<DataPlane> planes = new ArrayList<>();
    private volatile int adminPort;
    private volatile Optional<FileWatch> watch = Optional.empty();
    private volatile Optional<Heartbeat> heartbeat = Optional.empty();

    private Atlas(InForce inForce, Deadlines deadlines, Environment environment, TimeSource time, Stores stores) {
        Configuration configuration = inForce.get().configuration();
        this.inForce = inForce;
        this.deadlines = deadlines;
        this.time = time;
        this.reload = new Reload(inForce, environment, time);
        this.stores = stores;
        this.registry = stores.registry();
        this.keys = KeyRing.open(stores.keys(), inForce, time);
        this.moves = Moves.open(stores.moves(), inForce, time);
        this.absentees = stores.absentees(registry, () -> inForce.get().configuration(), time);
        Recount recount = new Recount(stores.ledger(), stores.quota(), stores.people());
        this.counting = counting(stores, recount, time);
        counting.accept(inForce.get());
        stores.keepReceipts(() -> inForce.get().configuration(), time);
        stores.follow(() -> {
            stores.books().recount(inForce.get());
            recount.again(inForce.get(), time.epochMicros());
            absentees.ifPresent(Absentees::soon);
        });
        this.port = new AtomicInteger(configuration.server().listen().port());
        this.vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        this.counts = counts(time);
        this.reports = Reports.start(configuration.telemetry(), stores.node(), this::provider, time);
        this.metrics = prometheus(configuration.quota());
        this.reconciliation = stores.reconciliation(() -> inForce.get().configuration(), metrics::corrected, time);
        this.courier = stores.courier(inForce, rates, metrics::alertAttempted, time);
        this.board = stores.board(configuration);
        this.gates = new Gates(metrics, board.map(all -> new Company(stores.node(), stores::nodes, all, time)));
        this.replays = stores.replays(configuration, time);
        this.adjustments = Adjustments.start(inForce, stores.quota(), surroundings(), time);
    }

    private Prometheus prometheus(Configuration.Counters counters) {
        return new Prometheus(new Sources(
                counters instanceof Configuration.Counters.InMemory ? "memory" : "redis",
                () -> inForce.get().configuration(),
                this::limitUse,
                stores::lag,
                () -> stores.awayFor().isZero() ? 0 : 1,
                this::queueBounds,
                this::rooms,
                () -> gates.standings(),
                reports::dropped));
    }

    private Adjustments.Surroundings surroundings() {
        return new Adjustments.Surroundings(this::rooms, stores::nodes, stores.notices());
    }

    private static Consumer<Snapshot> counting(Stores stores, Recount recount, TimeSource time) {
        return next -> {
            stores.books().enforce(next);
            recount.run(next, time.epochMicros());
        };
    }

    /** Starts a gateway; returns when it serves. */
    public static Atlas start(Configuration configuration) {
        return start(configuration, Deadlines.USUAL, Environment.SYSTEM);
    }

    /** Starts a gateway with that patience, whose file refers to that environment; returns when it serves. */
    public static Atlas start(Configuration configuration, Deadlines deadlines, Environment environment) {
        return start(configuration, deadlines, environment, TimeSource.system());
    }

    /** The same by another clock. */
    public static Atlas start(
            Configuration configuration, Deadlines deadlines, Environment environment, TimeSource time) {
        InForce inForce = new InForce(configuration, List.of());
        Atlas atlas = new Atlas(inForce, deadlines, environment, time, Stores.open(configuration, time));
        try {
            atlas.listen();
        } catch (StartException e) {
            atlas.stop();
            throw e;
        }
        return atlas;
    }

    /** From now on follows the file that the configuration was read from, and reads it again when the process is told to. */
    public void follow(Path file, Hangup hangup) {
        FileWatch started = FileWatch.start(file, reload);
        watch = Optional.of(started);
        hangup.run(started::takeNow);
    }

    /** The port of the data listener. */
    public int port() {
        return port.get();
    }

    /** The port of the admin listener. */
    public int adminPort() {
        return adminPort;
    }

    /** Stops it, without notice. */
    public void stop() {
        stop(Drain.AT_ONCE);
    }

    /** Says that it is not ready, lets open requests come to their end, writes the ledger, and lets go of everything. */
    public void stop(Drain drain) {
        if (ready.getAndSet(false)) {
            LOG.atInfo().log("not ready any more");
            if (drain.notice().isPositive()) {
                Waiting.on(vertx.timer(drain.notice().toMillis(), TimeUnit.MILLISECONDS), "notice of the stop");
            }
        }
        watch.ifPresent(FileWatch::close);
        gates.leave(time.nanos() / 1_000);
        List<Future<Void>> drained =
                planes.stream().map(plane -> plane.drain(drain.grace())).toList();
        Waiting.on(Future.join(drained).otherwiseEmpty(), "stop of the listeners");
        Waiting.on(vertx.close(), "stop of the event loops");
        Waiting.on(gates.end(), "last word to the other nodes");
        counts.close();
        courier.close();
        heartbeat.ifPresent(Heartbeat::close);
        adjustments.close();
        absentees.ifPresent(Absentees::close);
        reconciliation.ifPresent(Reconciliation::close);
        replays.neighbours().close();
        board.ifPresent(RedisBoard::close);
        reports.close();
        stores.close();
    }

    private void listen() {
        ServerSettings settings = inForce.get().configuration().server();
        Services services = services();
        Addresses addresses = new Addresses(vertx, time);
        addresses.prepare(inForce.get());
        follow(services, addresses);
        Pulse.begin(inForce, gates, addresses::of, time, vertx);
        DataPlane.Shared shared = new DataPlane.Shared(
                ready::get,
                this::detail,
                stores::quotaAt,
                new Connections(settings.limits().connections()),
                port);
        IntStream.range(0, eventLoops()).forEach(_ -> planes.add(new DataPlane(services, settings, addresses, shared)));
        for (DataPlane plane : planes) {
            Waiting.on(vertx.deployVerticle(plane), "data listener " + settings.listen());
        }
        adminPort = adminPlane().listen(vertx, services);
        beat();
        courier.begin();
        ready.set(true);
        LOG.atInfo()
                .addKeyValue("listen", new Endpoint(settings.listen().host(), port.get()))
                .addKeyValue("admin", new Endpoint(settings.admin().host(), adminPort))
                .addKeyValue("configuration", inForce.get().configuration().version())
                .log("ready");
    }

    /** Tells the other nodes of this one. */
    private void beat() {
        Self self = new Self(stores.node(), port.get(), time.epochMicros(), reload::standing, stores::lag);
        Heartbeat started = Heartbeat.start(registry, self);
        heartbeat = Optional.of(started);
        reload.follow(started::news);
    }

    /** What has to be done with each snapshot before it comes into force, and with what is left of those before. */
    private void follow(Services services, Addresses addresses) {
        gates.follow(inForce.get().configuration(), time.nanos() / 1_000);
        services.deployments().follow(inForce.get().configuration().models().values());
        inForce.prepare(addresses::prepare);
        inForce.prepare(counting);
        inForce.prepare(next -> {
            gates.follow(next.configuration(), time.nanos() / 1_000);
            services.retryBudgets().follow(next.configuration().backends().values());
            services.deployments().follow(next.configuration().models().values());
            services.pools().follow(next.configuration().pools().keySet());
        });
        new HealthChecks(
                        new BackendClients(vertx, addresses::of),
                        services.deployments(),
                        metrics,
                        () -> inForce.get().configuration().backends().values(),
                        () -> time.nanos() / 1_000)
                .begin(vertx.getOrCreateContext());
        vertx.setPeriodic(
                DataPlane.TIDY_MILLIS,
                _ -> addresses.retain(inForce.get().configuration().backends().values()));
        vertx.setPeriodic(
                MOVES_MILLIS,
                _ -> vertx.executeBlocking(moves::expire)
                        .onFailure(defect ->
                                LOG.atError().setCause(defect).log("what was moved between pools could not be ended")));
        stores.shared()
                .ifPresent(shared -> shared.keys().follow(() -> {
                    // The keys first: their number says what is known, and a move may come between the two.
                    keys.refresh();
                    moves.refresh();
                }));
    }

    private String provider(String backend) {
        Backend known = inForce.get().configuration().backends().get(backend);
        return known == null ? "" : known.type().word();
    }

    private Map<String, Double> queueBounds() {
        return gates.bounds();
    }

    private Map<String, List<Room>> rooms() {
        return gates.rooms();
    }

    /** What whoever asks whether it is ready is told beside that. */
    private String detail() {
        Duration away = stores.awayFor();
        String store = away.isZero()
                ? ""
                : "quota store: away for " + away.toSeconds() + " s, this node gives out its own share\n";
        return gates.standings().containsValue(Seat.Standing.LOCAL)
                ? store + "order: this node's own, for the places that it held when it last heard of the others\n"
                : store;
    }

    private static InputCount counts(TimeSource time) {
        TokenCounter counter = new TokenCounter(time);
        Thread.ofPlatform().daemon().name("atlas-warm").start(counter::warm);
        return new InputCount(counter);
    }

    private static int eventLoops() {
        return Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    private Services services() {
        return new Services(
                inForce,
                stores.quota(),
                stores.ledger(),
                stores::decision,
                stores.people(),
                stores.books(),
                stores.open()::claim,
                metrics,
                reports.with(metrics),
                reports.traces(),
                time,
                counts,
                new Savings(rates),
                new TagSets(),
                gates,
                new Deployments(),
                new Pools(),
                replays,
                new RetryBudgets(),
                deadlines);
    }

    private AdminPlane adminPlane() {
        return new AdminPlane(
                inForce,
                stores,
                registry,
                keys,
                moves,
                rates,
                new AdminPlane.Live(metrics, gates, this::limitUse),
                courier,
                reload::standing,
                time);
    }

    private List<LimitUse> limitUse() {
        long now = time.epochMicros();
        List<Limit> limits = stores.quota().current(inForce.get().limits(), now);
        List<Level> levels = Waiting.on(stores.quota().levels(limits, now), "levels");
        return IntStream.range(0, limits.size())
                .mapToObj(i -> new LimitUse(limits.get(i), levels.get(i)))
                .toList();
    }
}
