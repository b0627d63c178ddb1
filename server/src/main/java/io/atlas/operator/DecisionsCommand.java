package io.atlas.operator;

import io.atlas.kernel.unit.Money;
import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.DecisionText;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import io.atlas.terminal.Which;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas decisions}. */
@Command(
        name = "decisions",
        description = {
            "Lists requests of known keys, the newest first: how each ended, why, and what it cost.",
            "",
            "The story of one of them: atlas explain ID."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas decisions --team search --outcome refused --since 1h",
            "  atlas decisions --reason budget_exhausted --from 2026-11-01 --to 2026-12-01 --limit 1000",
            "  atlas decisions --tenant acme --output csv > acme.csv"
        })
final class DecisionsCommand implements Callable<Integer> {
    private static final List<String> FIELDS = List.of(
            "id",
            "at",
            "duration_us",
            "tenant",
            "team",
            "user",
            "key",
            "end_user",
            "tier",
            "model",
            "backend",
            "outcome",
            "reason",
            "input_tokens",
            "output_tokens",
            "cost_nano_usd",
            "refused_cost_nano_usd");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Mixin
    private Which which = new Which();

    @Option(names = "--price", paramLabel = "VERSION", description = "Only those at this price.")
    private Optional<String> price = Optional.empty();

    @Option(names = "--since", paramLabel = "SPAN", description = "Such as 90s, 30m, 24h or 7d (default: 1d).")
    private Optional<String> since = Optional.empty();

    @Option(names = "--from", paramLabel = "TIME", description = "Start, such as 2026-11-01 or 2026-11-01T08:00:00Z.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--to", paramLabel = "TIME", description = "End, itself excluded (default: now).")
    private Optional<String> to = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many, up to 1000 (default: 20).")
    private int limit = 20;

    @Option(names = "--before", paramLabel = "MARK", description = "Goes on where a list before this one ended.")
    private Optional<String> before = Optional.empty();

    DecisionsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode decisions = admin.get(surroundings, "decisions", query());
        JsonNode rows = decisions.path("rows");
        Answer answer = new Answer(decisions, text(decisions), FIELDS, Answer.rows(rows, FIELDS));
        format.output().print(answer, surroundings.out());
        if (decisions.path("incomplete").isString()) {
            surroundings.say(Text.of(decisions.path("incomplete")));
        }
        long missing = decisions.path("missing_records").asLong(0);
        if (missing > 0) {
            surroundings.say(Text.number(missing)
                    + " lines of other nodes are not in this list yet, as those last said; see atlas nodes");
        }
        return ExitCode.OK;
    }

    private Map<String, String> query() {
        Map<String, String> query = which.query();
        price.ifPresent(version -> query.put("price", version));
        since.ifPresent(span -> query.put("since", span));
        from.ifPresent(time -> query.put("from", time));
        to.ifPresent(time -> query.put("to", time));
        before.ifPresent(mark -> query.put("before", mark));
        query.put("limit", Integer.toString(limit));
        return query;
    }

    private String text(JsonNode decisions) {
        JsonNode rows = decisions.path("rows");
        if (rows.isEmpty()) {
            return "no decisions from " + Text.of(decisions.path("from")) + " to " + Text.of(decisions.path("to"))
                    + "\n";
        }
        Grid grid = new Grid(List.of(
                Column.left("AT"),
                Column.left("DECISION"),
                Column.left("WHO"),
                Column.left("MODEL"),
                Column.left("OUTCOME"),
                Column.right("INPUT"),
                Column.right("OUTPUT"),
                Column.right("COST USD")));
        rows.values().forEach(row -> grid.add(cells(row)));
        String more = decisions.path("next").isString()
                ? "\nthere are more: --before " + Text.of(decisions.path("next")) + "\n"
                : "";
        return grid.text(surroundings.ansi()) + more;
    }

    private static List<String> cells(JsonNode row) {
        return List.of(
                Text.of(row.path("at")),
                Text.of(row.path("id")),
                DecisionText.who(row),
                Text.of(row.path("model")),
                DecisionText.ended(row),
                Text.number(row.path("input_tokens").asLong(0)),
                Text.number(row.path("output_tokens").asLong(0)),
                Money.decimalUsd(row.path("cost_nano_usd").asLong(0)));
    }
}
