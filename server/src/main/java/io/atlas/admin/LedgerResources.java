package io.atlas.admin;

import io.atlas.ledger.Decision;
import io.atlas.ledger.GatheredLines;
import io.atlas.ledger.Grouping;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.UsageQuery;
import io.atlas.time.TimeSource;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators ask of the ledger: that of all nodes where there is one, else this node's. Every answer may block, so it
 * is asked for on a worker thread.
 */
public final class LedgerResources {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerResources.class);
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final long DEFAULT_DAYS = 31;
    private static final String SCOPE = "scope";
    private static final String ALL = "all";
    private static final String NODE = "node";

    private final Ledger own;
    private final Optional<GatheredLines> gathered;
    private final TimeSource time;

    /** Answers from these. */
    public LedgerResources(Ledger own, Optional<GatheredLines> gathered, TimeSource time) {
        this.own = own;
        this.gathered = gathered;
        this.time = time;
    }

    /** {@code GET /admin/v1/decisions/ID}, of any node. */
    public Answer decision(String id) {
        try {
            Optional<Decision> found = own.decision(id).or(() -> gathered.flatMap(lines -> lines.decision(id)));
            return found.map(decision -> Answer.ok(DecisionJson.of(decision)))
                    .orElseGet(() -> Answer.error(404, "not_found", "no decision has the id " + id));
        } catch (LedgerException e) {
            return away(e, "this node has no decision of the id " + id);
        }
    }

    /**
     * {@code GET /admin/v1/usage?by=tenant,model&from=&to=&scope=}; without a time, of the last 31 days; {@code scope} is
     * {@code node} for this node's alone.
     */
    public Answer usage(Map<String, String> query) {
        List<Grouping> by = new ArrayList<>();
        for (String word : query.getOrDefault("by", "tenant").split(",", -1)) {
            Optional<Grouping> one = Grouping.of(word.strip());
            if (one.isEmpty() || by.contains(one.get())) {
                return Answer.error(
                        400,
                        "invalid_by",
                        "by: " + word
                                + " (expected: each at most once of tenant, team, user, key, end_user, tier, model, backend, price, tag:NAME, day,"
                                + " hour)");
            }
            by.add(one.get());
        }
        long now = time.epochMicros();
        try {
            long to = moment(query, "to").orElse(now + 1);
            long from = moment(query, "from").orElse(to - DEFAULT_DAYS * MICROS_PER_DAY);
            return usage(new UsageQuery(by, from, to), query.getOrDefault(SCOPE, gathered.isPresent() ? ALL : NODE));
        } catch (DateTimeException e) {
            return Answer.error(
                    400, "invalid_time", e.getMessage() + " (expected: 2026-11-21 or 2026-11-21T08:00:00Z)");
        }
    }

    private Answer usage(UsageQuery query, String scope) {
        return switch (scope) {
            case NODE -> Answer.ok(UsageJson.of(own.usage(query), NODE, 0));
            case ALL ->
                gathered.map(lines -> usage(query, lines))
                        .orElseGet(() -> Answer.error(
                                400, "invalid_scope", "scope: all (expected: node, as this node gathers no lines)"));
            default -> Answer.error(400, "invalid_scope", "scope: " + scope + " (expected: all or node)");
        };
    }

    private static Answer usage(UsageQuery query, GatheredLines lines) {
        try {
            long missing = lines.missingRecords();
            return Answer.ok(UsageJson.of(lines.usage(query), ALL, missing));
        } catch (LedgerException e) {
            return away(e, "ask with scope=node for this node's alone");
        }
    }

    private static Answer away(LedgerException cause, String detail) {
        LOG.atWarn().setCause(cause).log("the lines of all nodes could not be asked");
        return Answer.error(
                503, "ledger_unavailable", "the lines of all nodes cannot be read now, the log says why; " + detail);
    }

    private static Optional<Long> moment(Map<String, String> query, String name) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Instant instant = text.length() == 10
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
        return Optional.of(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    }
}
