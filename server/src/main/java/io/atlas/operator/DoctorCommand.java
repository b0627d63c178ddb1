package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code atlas doctor}. */
@Command(
        name = "doctor",
        description = {
            "Looks at what surrounds the gateway that is asked, and says what is not well and what to do: the clocks, version"
                    + " and eviction policy of Redis, the clock of PostgreSQL, the ledger's lag, the limit of open files,"
                    + " the disk, the backends, the configuration's file, the other nodes.",
            "",
            "Each line begins with ok, warn or fail."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            "2:something is not well",
            ExitCode.USAGE_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {"  atlas doctor", "  atlas doctor --output json | jq '.checks[] | select(.severity != \"ok\")'"})
final class DoctorCommand implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("check", "severity", "says", "advice");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode answer = admin.get(surroundings, "doctor", Map.of());
        JsonNode checks = answer.path("checks");
        format.output()
                .print(new Answer(answer, text(checks), FIELDS, Answer.rows(checks, FIELDS)), surroundings.out());
        return answer.path("well").asBoolean(false) ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static String text(JsonNode checks) {
        StringBuilder text = new StringBuilder();
        for (JsonNode check : checks.values()) {
            text.append("%-4s  ".formatted(Text.of(check.path("severity"))))
                    .append(Text.of(check.path("check")))
                    .append(": ")
                    .append(Text.of(check.path("says")))
                    .append('\n');
            String advice = check.path("advice").asString("");
            if (!advice.isEmpty()) {
                text.append("      ").append(Text.safe(advice)).append('\n');
            }
        }
        return text.toString();
    }
}
