package io.atlas.alert.webhook;

import io.atlas.alert.AlertLog;
import io.atlas.alert.Delivery;
import io.atlas.alert.DeliveryQuery;
import io.atlas.alert.watch.BudgetWatch;
import io.atlas.burn.BurnRates;
import io.atlas.config.Durability;
import io.atlas.config.Snapshot;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.store.memory.MemoryStore;
import io.atlas.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** All that tells of budgets: counters, a ledger's file, a clock that is set, and a courier that is started when it should be. */
final class Office implements AutoCloseable {
    /** The only budget: 1,000 requests of a day, in UTC. */
    static final String LIMIT = "acme:requests/day";

    /** Quick, with three attempts. */
    static final Pace PACE = new Pace(
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            Duration.ofSeconds(5),
            List.of(Duration.ofMinutes(1), Duration.ofHours(1)),
            Duration.ofDays(30));

    private static final String WORLD = """
            apiVersion: atlas/v1
            backends:
              sim: { type: sim }
            models:
              small: { price: { input: "1 USD", output: "2 USD" }, deployments: [ { backend: sim } ] }
            tiers:
              pro: { models: [ "*" ] }
            tenants:
              acme: { tier: pro, limits: [ { requests: AMOUNT, per: day } ] }
            """;

    private final MemoryStore store = new MemoryStore();
    private final AtomicLong micros;
    private final SqliteLedger ledger;
    private final String alerts;
    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    private final Clock clock = new Clock();
    private volatile Snapshot snapshot;
    private Optional<Courier> courier = Optional.empty();

    private final class Clock implements TimeSource {
        @Override
        public long epochMicros() {
            return micros.get();
        }

        @Override
        public long nanos() {
            return TimeSource.system().nanos();
        }
    }

    /** Opens at that moment, with nothing used. */
    Office(Path folder, String alerts, Instant now) {
        this.micros = new AtomicLong(ChronoUnit.MICROS.between(Instant.EPOCH, now));
        this.ledger = SqliteLedger.open(folder.resolve("ledger"), Durability.PROCESS);
        this.alerts = alerts;
        this.snapshot = snapshot(alerts, 1_000);
        store.enforce(List.of(), snapshot.limits(), List.of(), micros.get());
    }

    private static Snapshot snapshot(String alerts, long amount) {
        byte[] yaml = (WORLD.replace("AMOUNT", Long.toString(amount)) + alerts).getBytes(StandardCharsets.UTF_8);
        Reading reading = ConfigurationReader.read("atlas.yaml", yaml, _ -> Optional.empty(), LocalDate.EPOCH);
        return switch (reading) {
            case Reading.Valid valid -> new Snapshot(valid.configuration());
            case Reading.Invalid invalid ->
                throw new AssertionError(invalid.findings().toString());
        };
    }

    /** Uses so many requests more. */
    void use(long requests) {
        store.seed(limit(), requests, micros.get());
    }

    /** The budget has that amount from now on; what is used stays. */
    void amount(long requests) {
        snapshot = snapshot(alerts, requests);
        store.enforce(snapshot.limits(), List.of(), List.of(), micros.get());
    }

    /** These alerts are in force from now on. */
    void alerts(String others) {
        snapshot = snapshot(others, 1_000);
    }

    void advance(Duration by) {
        micros.addAndGet(by.toNanos() / 1_000);
    }

    private Limit limit() {
        return snapshot.limits().getFirst();
    }

    /** Looks once, as the courier does by itself. */
    void look() {
        watch().look(micros.get());
    }

    private BudgetWatch watch() {
        return new BudgetWatch(
                new BudgetWatch.Sources(() -> snapshot, store, rates, () -> true, "here"), ledger.alerts());
    }

    private final BurnRates rates = new BurnRates();

    /** A courier begins, as after a start. */
    Courier begin() {
        Courier begun = new Courier(
                new Courier.Work(
                        () -> snapshot.configuration().alerts(),
                        watch(),
                        ledger.alerts(),
                        outcome -> outcomes.merge(outcome, 1, Integer::sum)),
                clock,
                PACE);
        courier = Optional.of(begun.begin());
        return begun;
    }

    AlertLog log() {
        return ledger.alerts();
    }

    /** The deliveries, the first one first. */
    List<Delivery> deliveries() {
        return ledger.alerts()
                .deliveries(new DeliveryQuery(Optional.empty(), Optional.empty(), Optional.empty(), 1_000))
                .reversed();
    }

    /** What became of the attempts, by word. */
    Map<String, Integer> outcomes() {
        return Map.copyOf(outcomes);
    }

    @Override
    public void close() {
        courier.ifPresent(Courier::close);
        ledger.close();
    }
}
