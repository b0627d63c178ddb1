package io.atlas.admin;

import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.follow.DecisionFeed;
import io.atlas.ledger.follow.Followed;
import io.atlas.ledger.follow.Position;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is decided, as it is recorded. Every answer may block, so it is asked for on a worker thread. */
public final class TailResources {
    private static final Logger LOG = LoggerFactory.getLogger(TailResources.class);
    private static final String AFTER = "after";
    private static final String SCOPE = "scope";
    private static final String ALL = "all";
    private static final String NODE = "node";
    private static final Set<String> PARAMETERS = Stream.concat(
                    DecisionResources.NAMES.stream().map(Dimension::word),
                    Stream.of("outcome", "reason", "limit", AFTER, SCOPE))
            .collect(Collectors.toUnmodifiableSet());
    private static final int DEFAULT_LINES = 1_000;

    /** Lines of requests that are older were kept back by a long outage, and are no news any more. */
    private static final long OLDEST_MICROS = TimeSource.MICROS_PER_DAY;

    /** Nodes that have ever shipped: more than anybody has. */
    private static final int MAX_NODES = 1_000;

    private static final Pattern OF_NODE = Pattern.compile("[0-9]{1,18}");
    private static final Pattern OF_ALL = Pattern.compile("all(?:-[0-9]{1,9}\\.[0-9]{1,18}){0," + MAX_NODES + "}");
    private static final Grammar<String> MARK = Grammar.of(
            "what an answer had as next",
            text -> Optional.of(text)
                    .filter(mark -> OF_NODE.matcher(mark).matches()
                            || OF_ALL.matcher(mark).matches()));
    private static final Grammar<String> SCOPES = DecisionResources.words(new String[] {ALL, NODE}, String::toString);

    private final DecisionFeed own;
    private final Optional<? extends DecisionFeed> gathered;
    private final TimeSource time;

    /** Answers from these: from the lines of all nodes where they are gathered. */
    public TailResources(DecisionFeed own, Optional<? extends DecisionFeed> gathered, TimeSource time) {
        this.own = own;
        this.gathered = gathered;
        this.time = time;
    }

    /**
     * {@code GET /admin/v1/tail?after=MARK&tenant=acme&outcome=refused&limit=1000}: what was recorded since the answer that
     * had the mark as {@code next}; without one nothing yet, but where to begin. Those of all nodes where lines are gathered,
     * unless {@code scope} is {@code node}.
     */
    public Answer tail(Map<String, String> query) {
        Form form = Form.of(query, PARAMETERS);
        DecisionQuery which = new DecisionQuery(
                DecisionResources.where(form),
                form.optional("outcome", DecisionResources.OUTCOME),
                form.optional("reason", DecisionResources.REASON),
                time.epochMicros() - OLDEST_MICROS,
                Long.MAX_VALUE,
                Optional.empty(),
                form.optional("limit", DecisionResources.ROWS).orElse(DEFAULT_LINES));
        Optional<String> mark = form.optional(AFTER, MARK);
        String scope = form.optional(SCOPE, SCOPES)
                .or(() -> mark.map(TailResources::scope))
                .orElse(gathered.isPresent() ? ALL : NODE);
        mark.map(TailResources::scope)
                .filter(of -> !of.equals(scope))
                .ifPresent(of -> form.complain("after: of scope=" + of + " (expected: of scope=" + scope + ")"));
        if (scope.equals(ALL) && gathered.isEmpty()) {
            form.complain("scope: all (expected: node, as this node gathers no lines)");
        }
        return form.refusal().orElseGet(() -> tail(scope, mark, which));
    }

    private Answer tail(String scope, Optional<String> mark, DecisionQuery which) {
        DecisionFeed feed = scope.equals(ALL) ? gathered.orElseThrow() : own;
        try {
            Followed followed = mark.isPresent()
                    ? feed.after(position(mark.orElseThrow()), which)
                    : new Followed(List.of(), feed.end(), false);
            return Answer.ok(DecisionJson.of(followed, scope, text(scope, followed.next())));
        } catch (LedgerException e) {
            LOG.atWarn().setCause(e).log("the lines of all nodes could not be asked");
            return Answer.error(
                    503,
                    "ledger_unavailable",
                    "the lines cannot be read now, the log says why; ask again with the same mark");
        }
    }

    private static String scope(String mark) {
        return mark.startsWith(ALL) ? ALL : NODE;
    }

    private static Position position(String mark) {
        if (scope(mark).equals(NODE)) {
            return Position.ofOneNode(Long.parseLong(mark));
        }
        SortedMap<Integer, Long> lines = new TreeMap<>();
        Stream.of(mark.split("-", -1)).skip(1).forEach(one -> {
            int point = one.indexOf('.');
            lines.put(Integer.valueOf(one.substring(0, point)), Long.valueOf(one.substring(point + 1)));
        });
        return new Position(lines);
    }

    private static String text(String scope, Position position) {
        return scope.equals(NODE)
                ? Long.toString(position.line(0))
                : position.lines().entrySet().stream()
                        .map(line -> "-" + line.getKey() + "." + line.getValue())
                        .collect(Collectors.joining("", ALL, ""));
    }
}
