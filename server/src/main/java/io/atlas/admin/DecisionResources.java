package io.atlas.admin;

import io.atlas.admin.DecisionJson.Scope;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.DecisionQuery.Mark;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.GatheredLines;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.LedgerException;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Scalars;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was decided, in short. Every answer may block, so it is asked for on a worker thread. */
public final class DecisionResources {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionResources.class);
    static final Set<Dimension> NAMES = EnumSet.complementOf(EnumSet.of(Dimension.DAY, Dimension.HOUR));
    private static final Set<String> PARAMETERS = Stream.concat(
                    NAMES.stream().map(Dimension::word),
                    Stream.of("outcome", "reason", "since", "from", "to", "limit", "before", "scope"))
            .collect(Collectors.toUnmodifiableSet());
    private static final Pattern MARK = Pattern.compile("([0-9]{1,18})(?:-([0-9]{1,9}))?-([0-9]{1,18})");
    private static final int DEFAULT_ROWS = 100;
    private static final Duration DEFAULT_TIME = Duration.ofDays(1);

    private static final Grammar<String> ANY_NAME = Grammar.of("a name", Optional::of);
    static final Grammar<Outcome> OUTCOME = words(Outcome.values(), Outcome::word);
    static final Grammar<Reason> REASON = words(Reason.values(), Reason::code);
    private static final Grammar<Duration> SINCE = Spans.between("1s", "36500d");
    private static final Grammar<Mark> BEFORE = Grammar.of("what an answer had as next", DecisionResources::mark);
    static final Grammar<Integer> ROWS = Grammar.of("1 to " + DecisionQuery.MAX_ROWS, DecisionResources::rows);

    private static final Grammar<Of> SCOPE = words(Of.values(), Of::word);

    private final Ledger own;
    private final Optional<GatheredLines> gathered;
    private final TimeSource time;

    /** Whose decisions are asked for. */
    private enum Of {
        ALL,
        NODE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Answers from these: from the lines of all nodes where they are gathered, and can be read. */
    public DecisionResources(Ledger own, Optional<GatheredLines> gathered, TimeSource time) {
        this.own = own;
        this.gathered = gathered;
        this.time = time;
    }

    /**
     * {@code GET /admin/v1/decisions?team=search&outcome=refused&since=1h&limit=100&before=MARK}: in short, the newest
     * first; without a time, of the last day. They are those of all nodes where lines are gathered, unless {@code scope} is
     * {@code node}; where the others cannot be asked, those of this node, and the answer says so.
     */
    public Answer list(Map<String, String> query) {
        Form form = Form.of(query, PARAMETERS);
        Map<Dimension, String> where = where(form);
        Instant now = Instant.EPOCH.plus(time.epochMicros(), ChronoUnit.MICROS);
        Instant to = form.optional("to", Scalars.MOMENT).orElse(now.plus(1, ChronoUnit.MICROS));
        DecisionQuery asked = new DecisionQuery(
                where,
                form.optional("outcome", OUTCOME),
                form.optional("reason", REASON),
                micros(from(form, to)),
                micros(to),
                form.optional("before", BEFORE),
                form.optional("limit", ROWS).orElse(DEFAULT_ROWS));
        Optional<Of> scope = form.optional("scope", SCOPE);
        agree(form, scope, asked.before());
        return form.refusal().orElseGet(() -> list(asked, scope));
    }

    /** The names that are asked for. */
    static Map<Dimension, String> where(Form form) {
        Map<Dimension, String> where = new EnumMap<>(Dimension.class);
        for (Dimension name : NAMES) {
            form.optional(name.word(), ANY_NAME).ifPresent(value -> where.put(name, value));
        }
        return where;
    }

    /** A page goes on among the decisions of whom it began with. */
    private void agree(Form form, Optional<Of> scope, Optional<Mark> before) {
        if (scope.equals(Optional.of(Of.ALL)) && gathered.isEmpty()) {
            form.complain("scope: all (expected: node, as this node gathers no lines)");
        }
        before.map(DecisionResources::scope)
                .filter(of -> !scope.orElse(gathered.isEmpty() ? Of.NODE : of).equals(of))
                .ifPresent(of ->
                        form.complain("before: of a list with scope=" + of.word() + " (expected: the same scope)"));
    }

    private static Of scope(Mark mark) {
        return mark.node() == 0 ? Of.NODE : Of.ALL;
    }

    private Answer list(DecisionQuery asked, Optional<Of> scope) {
        Optional<Of> chosen = scope.or(() -> asked.before().map(DecisionResources::scope));
        if (gathered.isEmpty() || chosen.equals(Optional.of(Of.NODE))) {
            return Answer.ok(DecisionJson.of(asked, own.decisions(asked), new Scope.OfNode()));
        }
        GatheredLines lines = gathered.orElseThrow();
        try {
            long missing = lines.missingRecords();
            return Answer.ok(DecisionJson.of(asked, lines.decisions(asked), new Scope.OfAll(missing)));
        } catch (LedgerException e) {
            LOG.atWarn().setCause(e).log("the lines of all nodes could not be asked");
            return chosen.isEmpty()
                    ? Answer.ok(DecisionJson.of(asked, own.decisions(asked), new Scope.OthersAway()))
                    : Answer.error(
                            503,
                            "ledger_unavailable",
                            "the lines of all nodes cannot be read now, the log says why; ask with scope=node for this"
                                    + " node's alone");
        }
    }

    private static Instant from(Form form, Instant to) {
        Optional<Instant> from = form.optional("from", Scalars.MOMENT);
        Optional<Duration> since = form.optional("since", SINCE);
        if (from.isPresent() && since.isPresent()) {
            form.complain("since: beside from (expected: one of the two)");
        }
        return from.orElseGet(() -> to.minus(since.orElse(DEFAULT_TIME)));
    }

    private static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    }

    static <T> Grammar<T> words(T[] values, Function<T, String> word) {
        String expected = Arrays.stream(values).map(word).collect(Collectors.joining(", "));
        return Grammar.of(
                expected,
                text -> Arrays.stream(values)
                        .filter(value -> word.apply(value).equals(text))
                        .findFirst());
    }

    private static Optional<Mark> mark(String text) {
        Matcher mark = MARK.matcher(text);
        return mark.matches()
                ? Optional.of(new Mark(
                        Long.parseLong(mark.group(1)),
                        mark.group(2) == null ? 0 : Long.parseLong(mark.group(2)),
                        Long.parseLong(mark.group(3))))
                : Optional.empty();
    }

    private static Optional<Integer> rows(String text) {
        return Optional.of(text)
                .filter(digits -> digits.matches("[0-9]{1,4}"))
                .map(Integer::valueOf)
                .filter(rows -> rows >= 1 && rows <= DecisionQuery.MAX_ROWS);
    }
}
