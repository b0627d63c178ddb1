package io.atlas.admin;

import io.atlas.bill.BillLine;
import io.atlas.bill.BillPeriod;
import io.atlas.bill.BillQuery;
import io.atlas.bill.BillQuery.Detail;
import io.atlas.bill.Bills;
import io.atlas.bill.FocusCsv;
import io.atlas.bill.Statement;
import io.atlas.config.Snapshot;
import io.atlas.config.Tenant;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.LedgerException;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Statements of what tenants are asked to pay. Every answer may block, so it is asked for on a worker thread. */
public final class BillResources {
    private static final Logger LOG = LoggerFactory.getLogger(BillResources.class);
    private static final Set<String> PARAMETERS = Set.of("tenant", "period", "by", "format", "issuer", "scope");
    private static final Grammar<String> NAME =
            Grammar.of("1 to 128 characters", text -> Optional.of(text).filter(name -> name.length() <= 128));
    private static final Grammar<BillPeriod> PERIOD =
            Grammar.of("such as 2026-11, 2026-11-25, 2026-Q4 or 2026", BillPeriod::of);
    private static final Grammar<Part> PART = words(Part.values());
    private static final Grammar<Format> FORMAT = words(Format.values());
    private static final Grammar<Scope> SCOPE = words(Scope.values());
    private static final ZoneId NO_ZONE = ZoneOffset.UTC;

    private final Sources sources;
    private final Supplier<Snapshot> snapshot;
    private final TimeSource time;

    private enum Part {
        PERIOD,
        DAY
    }

    private enum Format {
        JSON,
        FOCUS
    }

    /** Whose lines are summed. */
    enum Scope {
        ALL,
        NODE
    }

    /**
     * Where lines are summed.
     *
     * @param gathered those of all nodes, where they are in one place
     * @param missingRecords how many of other nodes are not there yet, as those last said
     */
    public record Sources(Bills own, Optional<? extends Bills> gathered, LongSupplier missingRecords) {}

    /** What was asked, all of it right. */
    private record Asked(String tenant, BillPeriod period, Part part, Format format, String issuer, Scope scope) {}

    /** Answers from these. */
    public BillResources(Sources sources, Supplier<Snapshot> snapshot, TimeSource time) {
        this.sources = sources;
        this.snapshot = snapshot;
        this.time = time;
    }

    /**
     * {@code GET /admin/v1/bill?tenant=acme&period=2026-11&by=day&format=focus&issuer=NAME&scope=}: in the calendar of the
     * tenant's zone; that of UTC for one that is not in the configuration any more.
     */
    public Answer bill(Map<String, String> query) {
        Form form = Form.of(query, PARAMETERS);
        Optional<String> tenant = form.required("tenant", NAME);
        Optional<BillPeriod> period = form.required("period", PERIOD);
        Part part = form.optional("by", PART).orElse(Part.PERIOD);
        Format format = form.optional("format", FORMAT).orElse(Format.JSON);
        String issuer = form.optional("issuer", NAME).orElse("Atlas");
        Scope scope = form.optional("scope", SCOPE).orElse(sources.gathered.isPresent() ? Scope.ALL : Scope.NODE);
        if (scope == Scope.ALL && sources.gathered.isEmpty()) {
            form.complain("scope: all (expected: node, as this node gathers no lines)");
        }
        return form.refusal()
                .orElseGet(
                        () -> bill(new Asked(tenant.orElseThrow(), period.orElseThrow(), part, format, issuer, scope)));
    }

    private Answer bill(Asked asked) {
        Optional<Tenant> known =
                Optional.ofNullable(snapshot.get().configuration().tenants().get(asked.tenant));
        ZoneId zone = known.map(Tenant::zone).orElse(NO_ZONE);
        try {
            long missing = asked.scope == Scope.ALL ? sources.missingRecords.getAsLong() : 0;
            List<BillLine> lines = lines(asked, zone);
            if (lines.isEmpty() && known.isEmpty()) {
                return Answer.error(404, "not_found", "no tenant is called " + asked.tenant + ", and none was then");
            }
            if (lines.size() > Bills.MOST_LINES) {
                return Answer.error(
                        422,
                        "too_many_lines",
                        "the statement has more than " + Bills.MOST_LINES + " lines; ask for a shorter period");
            }
            return answer(asked, new Statement(asked.tenant, asked.period, zone, lines), missing);
        } catch (LedgerException e) {
            LOG.atWarn().setCause(e).log("the lines of a statement could not be summed");
            return Answer.error(
                    503,
                    "ledger_unavailable",
                    "the lines cannot be read now, the log says why; scope=node asks this node");
        }
    }

    private List<BillLine> lines(Asked asked, ZoneId zone) {
        boolean focus = asked.format == Format.FOCUS;
        List<Window> parts =
                asked.part == Part.DAY || focus ? asked.period.days(zone) : List.of(asked.period.whole(zone));
        BillQuery query = new BillQuery(asked.tenant, parts, focus ? Detail.TAGS : Detail.PRICE);
        return switch (asked.scope) {
            case NODE -> sources.own.lines(query);
            case ALL -> sources.gathered.orElseThrow().lines(query);
        };
    }

    private Answer answer(Asked asked, Statement statement, long missingRecords) {
        return switch (asked.format) {
            case JSON ->
                Answer.ok(
                        BillJson.of(statement, new BillJson.Standing(time.epochMicros(), asked.scope, missingRecords)));
            case FOCUS ->
                new Answer(
                        200,
                        "text/csv; charset=utf-8",
                        FocusCsv.of(statement, asked.issuer).getBytes(StandardCharsets.UTF_8));
        };
    }

    private static <T extends Enum<T>> Grammar<T> words(T[] values) {
        List<String> words = Arrays.stream(values).map(BillResources::word).toList();
        return Grammar.of(
                String.join(" or ", words),
                text -> Arrays.stream(values)
                        .filter(value -> word(value).equals(text))
                        .findFirst());
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
