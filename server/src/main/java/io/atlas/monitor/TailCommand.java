package io.atlas.monitor;

import io.atlas.kernel.unit.Money;
import io.atlas.terminal.Admin;
import io.atlas.terminal.DecisionText;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import io.atlas.terminal.Which;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas tail}. */
@Command(
        name = "tail",
        description = {
            "Follows what is decided: a line for each request of a known key as soon as it has ended, until it is"
                    + " interrupted. None is left out and none comes twice.",
            "",
            "Where nodes share a PostgreSQL, those of all nodes. A server that cannot be asked is asked again every"
                    + " second, and what ended meanwhile follows."
        },
        exitCodeList = {
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas tail",
            "  atlas tail --tenant acme --outcome refused",
            "  atlas tail --output json | jq -r .reason"
        })
public final class TailCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Which which = new Which();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "line: one for people; json: one object for each (default: ${DEFAULT-VALUE}).")
    private Form form = Form.LINE;

    private boolean away;

    /** How a decision is written. */
    enum Form {
        LINE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The command in these surroundings. */
    public TailCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = which.query();
        JsonNode answer = admin.get(surroundings, "tail", query);
        surroundings.say("following; the rows come when requests end");
        while (!surroundings.out().checkError()) {
            query.put("after", Text.of(answer.path("next")));
            if (!answer.path("more").asBoolean(false)) {
                TimeUnit.SECONDS.sleep(1);
            }
            answer = next(query).orElse(answer);
        }
        return ExitCode.OK;
    }

    /** What came since; nothing where the server cannot be asked for a while. */
    private Optional<JsonNode> next(Map<String, String> query) throws InterruptedException {
        try {
            JsonNode answer = admin.get(surroundings, "tail", query);
            away = false;
            answer.path("rows").values().forEach(row -> surroundings.out().println(shown(row)));
            surroundings.out().flush();
            return Optional.of(answer);
        } catch (Failure failure) {
            boolean passes =
                    failure.exitCode() == ExitCode.UNAVAILABLE || failure.exitCode() == ExitCode.REFUSED_FOR_NOW;
            if (!passes) {
                throw failure;
            }
            if (!away) {
                surroundings.say(failure.getMessage() + "; asking again every second");
            }
            away = true;
            return Optional.empty();
        }
    }

    private String shown(JsonNode row) {
        return switch (form) {
            case JSON -> row.toString();
            case LINE -> line(row);
        };
    }

    private static String line(JsonNode row) {
        return String.join(
                "  ",
                Text.of(row.path("at")),
                Text.of(row.path("id")),
                DecisionText.who(row),
                Text.of(row.path("model")),
                DecisionText.ended(row),
                Text.number(row.path("input_tokens").asLong(0)) + " in",
                Text.number(row.path("output_tokens").asLong(0)) + " out",
                Money.decimalUsd(row.path("cost_nano_usd").asLong(0)) + " USD",
                Text.micros(row.path("duration_us").asLong(0)));
    }
}
