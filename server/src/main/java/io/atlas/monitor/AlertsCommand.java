package io.atlas.monitor;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas alerts}. */
@Command(
        name = "alerts",
        description = {
            "Lists what webhooks were told of budgets, the newest first, and what became of it.",
            "",
            "STATE is pending, delivered, failed where it was not taken as often as it was sent, gone where the receiver"
                    + " wants no more, or dropped where the configuration has no such webhook any more."
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
        footer = {"  atlas alerts", "  atlas alerts --state failed --limit 100", "  atlas alerts test ops"})
public final class AlertsCommand implements Callable<Integer> {
    private static final List<String> FIELDS =
            List.of("id", "at", "type", "limit", "mark", "webhook", "state", "next_attempt_at", "attempts");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(names = "--webhook", paramLabel = "NAME", description = "Only those to this webhook.")
    private Optional<String> webhook = Optional.empty();

    @Option(names = "--state", paramLabel = "STATE", description = "Only those in this state.")
    private Optional<String> state = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many, up to 1000 (default: 20).")
    private int limit = 20;

    @Option(names = "--before", paramLabel = "MARK", description = "Goes on where a list before this one ended.")
    private Optional<String> before = Optional.empty();

    private AlertsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The command with its own command. */
    public static CommandLine of(Surroundings surroundings) {
        return new CommandLine(new AlertsCommand(surroundings)).addSubcommand(new AlertsTestCommand(surroundings));
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode alerts = admin.get(surroundings, "alerts", query());
        JsonNode rows = alerts.path("rows");
        format.output().print(new Answer(alerts, text(alerts), FIELDS, Answer.rows(rows, FIELDS)), surroundings.out());
        return ExitCode.OK;
    }

    private Map<String, String> query() {
        Map<String, String> query = new HashMap<>();
        webhook.ifPresent(name -> query.put("webhook", name));
        state.ifPresent(word -> query.put("state", word));
        before.ifPresent(mark -> query.put("before", mark));
        query.put("limit", Integer.toString(limit));
        return query;
    }

    private String text(JsonNode alerts) {
        if (alerts.path("rows").isEmpty()) {
            return "no alerts\n";
        }
        Grid grid = new Grid(List.of(
                Column.left("AT"),
                Column.left("TYPE"),
                Column.left("LIMIT"),
                Column.left("MARK"),
                Column.left("WEBHOOK"),
                Column.left("STATE"),
                Column.right("ATTEMPTS"),
                Column.left("LAST"),
                Column.left("NEXT")));
        alerts.path("rows").values().forEach(row -> grid.add(cells(row)));
        String more = alerts.path("next").isString()
                ? "\nthere are more: --before " + Text.of(alerts.path("next")) + "\n"
                : "";
        return grid.text(surroundings.ansi()) + more;
    }

    private static List<String> cells(JsonNode row) {
        return List.of(
                Text.of(row.path("at")),
                Text.of(row.path("type")),
                Text.of(row.path("limit")),
                Text.of(row.path("mark")),
                Text.of(row.path("webhook")),
                Text.of(row.path("state")),
                Text.number(row.path("attempts").size()),
                last(row),
                Text.of(row.path("next_attempt_at")));
    }

    /** What the last attempt came to: the status of the answer, or why there was none. */
    static String last(JsonNode row) {
        JsonNode attempts = row.path("attempts");
        JsonNode last = attempts.path(attempts.size() - 1);
        return last.path("status").isNumber() ? last.path("status").asString() : Text.of(last.path("error"));
    }
}
