package io.atlas.admin;

import io.atlas.answer.Rfc3339;
import io.atlas.books.Recount;
import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Expenditure;
import io.atlas.ledger.LedgerException;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the amount of a calendar limit was spent in its current window. Every answer may block. */
public final class SpendResources {
    private static final Logger LOG = LoggerFactory.getLogger(SpendResources.class);
    private static final String LIMIT = "limit";
    private static final Grammar<String> ID = Grammar.of("the id of a limit, as quota has it", Optional::of);

    private final Supplier<Snapshot> snapshot;
    private final Expenditure own;
    private final Optional<? extends Expenditure> gathered;
    private final TimeSource time;

    /** Answers from the lines of all nodes where they are in one place, else from this node's. */
    public SpendResources(
            Supplier<Snapshot> snapshot, Expenditure own, Optional<? extends Expenditure> gathered, TimeSource time) {
        this.snapshot = snapshot;
        this.own = own;
        this.gathered = gathered;
        this.time = time;
    }

    /** {@code GET /admin/v1/spend?limit=acme:cost/month}: by the hour of a day, by the month of a year, else by the day. */
    public Answer spend(Map<String, String> query) {
        Form form = Form.of(query, Set.of(LIMIT));
        Optional<String> id = form.required(LIMIT, ID);
        Optional<Answer> refusal = form.refusal();
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Snapshot now = snapshot.get();
        Optional<Limit> found = now.limits().stream()
                .filter(limit -> limit.id().equals(id.orElseThrow()))
                .findFirst();
        if (found.isEmpty()) {
            return Answer.error(404, "not_found", "no limit in force has the id " + id.orElseThrow());
        }
        Limit limit = found.get();
        return limit.spec().calendar()
                ? spend(limit, Recount.rules(now.configuration()))
                : Answer.error(400, "invalid_query", "limit: " + limit.id() + " (expected: per day or longer)");
    }

    private Answer spend(Limit limit, CountingRules rules) {
        long nowMicros = time.epochMicros();
        Period per = limit.spec().per().orElseThrow();
        Window whole = Window.of(per, limit.zone(), nowMicros);
        List<Window> parts = whole.parts(part(per), limit.zone()).stream()
                .filter(part -> part.startMicros() <= nowMicros)
                .toList();
        try {
            List<Long> spent =
                    gathered.isPresent() ? gathered.get().spent(limit, parts, rules) : own.spent(limit, parts, rules);
            return Answer.ok(json(limit, whole, parts, spent));
        } catch (LedgerException e) {
            LOG.atWarn().setCause(e).log("the lines of all nodes could not be asked");
            return Answer.error(
                    503, "ledger_unavailable", "the lines of all nodes cannot be read now, the log says why");
        }
    }

    private static Period part(Period per) {
        return switch (per) {
            case DAY, SECOND, MINUTE, HOUR -> Period.HOUR;
            case WEEK, MONTH, QUARTER -> Period.DAY;
            case YEAR -> Period.MONTH;
        };
    }

    private static byte[] json(Limit limit, Window whole, List<Window> parts, List<Long> spent) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty(LIMIT, limit.id());
            json.writeStringProperty("unit", limit.spec().kind().unit());
            json.writeNumberProperty("amount", limit.spec().amount());
            json.writeStringProperty("zone", limit.zone().getId());
            json.writeStringProperty("from", Rfc3339.of(whole.startMicros()));
            json.writeStringProperty("to", Rfc3339.of(whole.endMicros()));
            json.writeName("parts");
            json.writeStartArray();
            for (int i = 0; i < parts.size(); i++) {
                json.writeStartObject();
                json.writeStringProperty("from", Rfc3339.of(parts.get(i).startMicros()));
                json.writeStringProperty("to", Rfc3339.of(parts.get(i).endMicros()));
                json.writeNumberProperty("spent", spent.get(i));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
