package io.atlas.admin;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.DecisionQuery.Mark;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Ledger;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Scalars;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was decided, in short. Every answer may block, so it is asked for on a worker thread. */
public final class DecisionResources {
    private static final Set<Dimension> NAMES = EnumSet.complementOf(EnumSet.of(Dimension.DAY, Dimension.HOUR));
    private static final Set<String> PARAMETERS = Stream.concat(
                    NAMES.stream().map(Dimension::word),
                    Stream.of("outcome", "reason", "since", "from", "to", "limit", "before"))
            .collect(Collectors.toUnmodifiableSet());
    private static final Pattern MARK = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");
    private static final int DEFAULT_ROWS = 100;
    private static final Duration DEFAULT_TIME = Duration.ofDays(1);

    private static final Grammar<String> ANY_NAME = Grammar.of("a name", Optional::of);
    private static final Grammar<Outcome> OUTCOME = words(Outcome.values(), Outcome::word);
    private static final Grammar<Reason> REASON = words(Reason.values(), Reason::code);
    private static final Grammar<Duration> SINCE = Spans.between("1s", "36500d");
    private static final Grammar<Mark> BEFORE = Grammar.of("what an answer had as next", DecisionResources::mark);
    private static final Grammar<Integer> ROWS = Grammar.of("1 to " + DecisionQuery.MAX_ROWS, DecisionResources::rows);

    private final Ledger ledger;
    private final TimeSource time;

    /** Answers from that ledger. */
    public DecisionResources(Ledger ledger, TimeSource time) {
        this.ledger = ledger;
        this.time = time;
    }

    /**
     * {@code GET /admin/v1/decisions?team=search&outcome=refused&since=1h&limit=100&before=MARK}: in short, the newest
     * first; without a time, of the last day.
     */
    public Answer list(Map<String, String> query) {
        Form form = Form.of(query, PARAMETERS);
        Map<Dimension, String> where = new EnumMap<>(Dimension.class);
        for (Dimension name : NAMES) {
            form.optional(name.word(), ANY_NAME).ifPresent(value -> where.put(name, value));
        }
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
        return form.refusal().orElseGet(() -> Answer.ok(DecisionJson.of(asked, ledger.decisions(asked))));
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

    private static <T> Grammar<T> words(T[] values, Function<T, String> word) {
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
                ? Optional.of(new Mark(Long.parseLong(mark.group(1)), Long.parseLong(mark.group(2))))
                : Optional.empty();
    }

    private static Optional<Integer> rows(String text) {
        return Optional.of(text)
                .filter(digits -> digits.matches("[0-9]{1,4}"))
                .map(Integer::valueOf)
                .filter(rows -> rows >= 1 && rows <= DecisionQuery.MAX_ROWS);
    }
}
