package io.atlas.admin;

import io.atlas.answer.Rfc3339;
import io.atlas.config.InForce;
import io.atlas.config.Snapshot;
import io.atlas.config.yaml.Naming;
import io.atlas.kernel.pool.Learned;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Period;
import io.atlas.model.Pool;
import io.atlas.model.PoolMove;
import io.atlas.pool.Moves;
import io.atlas.pool.Moves.Outcome;
import io.atlas.pool.Pools;
import io.atlas.store.QuotaStore;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Scalars;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** Upstream quotas for operators. Every answer may block, so it is asked for on a worker thread. */
public final class PoolResources {
    private static final Logger LOG = LoggerFactory.getLogger(PoolResources.class);
    private static final Grammar<Long> AMOUNT = Scalars.number("1", "9_000_000G");
    private static final Grammar<Kind> KIND = Scalars.word(Map.of(
            Kind.TOKENS.word(), Kind.TOKENS,
            Kind.REQUESTS.word(), Kind.REQUESTS,
            Kind.INPUT_TOKENS.word(), Kind.INPUT_TOKENS,
            Kind.OUTPUT_TOKENS.word(), Kind.OUTPUT_TOKENS));
    private static final Grammar<Period> PERIOD =
            Scalars.word(Map.of("second", Period.SECOND, "minute", Period.MINUTE, "hour", Period.HOUR));
    private static final Grammar<Duration> LIFE = Spans.between("1s", "365d");
    private static final int LONGEST_REASON = 200;
    private static final Grammar<String> REASON = Grammar.of(
            "at most " + LONGEST_REASON + " characters, none of which controls",
            text -> Optional.of(text)
                    .filter(reason ->
                            reason.length() <= LONGEST_REASON && reason.chars().noneMatch(Character::isISOControl)));

    private final InForce inForce;
    private final QuotaStore store;
    private final Pools pools;
    private final Moves moves;
    private final TimeSource time;

    /** Of the pools in force, counted there. */
    public PoolResources(InForce inForce, QuotaStore store, Pools pools, Moves moves, TimeSource time) {
        this.inForce = inForce;
        this.store = store;
        this.pools = pools;
        this.moves = moves;
        this.time = time;
    }

    /** {@code GET /admin/v1/pools}: each pool, its limits as configured and as moved, how full, and what its provider said. */
    public Answer list() {
        moves.expire();
        Snapshot snapshot = inForce.get();
        long now = time.epochMicros();
        Map<String, Pool> all = new TreeMap<>(snapshot.configuration().pools());
        return Answer.ok(Answer.json(json -> {
            json.writeStartObject();
            json.writeName("pools");
            json.writeStartArray();
            all.values().forEach(pool -> write(json, pool, snapshot, now));
            json.writeEndArray();
            json.writeName("moves");
            json.writeStartArray();
            moves.holding().forEach(move -> write(json, move));
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    /** {@code POST /admin/v1/pools/move}. */
    public Answer move(byte[] body) {
        Form form = Form.read(body, Set.of("from", "to", "amount", "kind", "per", "for", "reason"));
        String from = form.required("from", Naming.POOL.fresh()).orElse("");
        String to = form.required("to", Naming.POOL.fresh()).orElse("");
        long amount = form.required("amount", AMOUNT).orElse(1L);
        Kind kind = form.optional("kind", KIND).orElse(Kind.TOKENS);
        Period per = form.optional("per", PERIOD).orElse(Period.MINUTE);
        Optional<Duration> life = form.optional("for", LIFE);
        String reason = form.optional("reason", REASON).orElse("");
        return form.refusal()
                .orElseGet(() -> answer(moves.move(new Moves.Wanted(from, to, kind, per, amount), life, reason)));
    }

    private static Answer answer(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Moved moved -> Answer.created(Answer.json(json -> write(json, moved.move())));
            case Outcome.Unknown unknown -> Answer.error(422, "unknown_pool", unknown.message());
            case Outcome.Conflict conflict -> Answer.error(409, "not_movable", conflict.message());
            case Outcome.NotWritten failed -> {
                LOG.atError().setCause(failed.cause()).log("a move between pools was not written");
                yield Answer.error(503, "ledger_unavailable", "the ledger did not take it; the log says why");
            }
        };
    }

    private void write(JsonGenerator json, Pool pool, Snapshot snapshot, long now) {
        List<Limit> limits = snapshot.pool(pool.name()).limits();
        List<Level> levels = store.levels(limits, now).toCompletableFuture().join();
        List<LimitSpec> moved = pool.with(moves.holding()).limits();
        json.writeStartObject();
        json.writeStringProperty("pool", pool.name());
        json.writeName("limits");
        json.writeStartArray();
        for (int i = 0; i < limits.size(); i++) {
            LimitSpec spec = pool.limits().get(i);
            json.writeStartObject();
            json.writeStringProperty("id", limits.get(i).id());
            json.writeStringProperty("kind", spec.kind().word());
            json.writeStringProperty("per", spec.per().map(Period::word).orElse(""));
            json.writeNumberProperty("configured", spec.amount());
            json.writeNumberProperty("amount", moved.get(i).amount());
            json.writeNumberProperty("given", limits.get(i).spec().amount());
            json.writeNumberProperty("used", levels.get(i).used());
            json.writeNumberProperty("held", levels.get(i).held());
            json.writeNumberProperty(
                    "remaining", levels.get(i).remaining(limits.get(i).spec()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeName("learned");
        json.writeStartArray();
        pools.known(pool, now).forEach(known -> write(json, known));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Learned.Known known) {
        json.writeStartObject();
        json.writeStringProperty("kind", known.kind().word());
        json.writeNumberProperty("limit", known.limit());
        json.writeNumberProperty("remaining", known.room());
        json.writeStringProperty("until", Rfc3339.of(known.endsMicros()));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, PoolMove move) {
        json.writeStartObject();
        json.writeStringProperty("id", move.id());
        json.writeStringProperty("from", move.from());
        json.writeStringProperty("to", move.to());
        json.writeStringProperty("kind", move.kind().word());
        json.writeStringProperty("per", move.per().word());
        json.writeNumberProperty("amount", move.amount());
        json.writeStringProperty("actor", move.actor());
        json.writeStringProperty("reason", move.reason());
        json.writeStringProperty("made_at", move.made().toString());
        json.writeName("ends_at");
        move.ends().ifPresentOrElse(end -> json.writeString(end.toString()), json::writeNull);
        json.writeEndObject();
    }
}
