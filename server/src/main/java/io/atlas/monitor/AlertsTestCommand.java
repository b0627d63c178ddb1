package io.atlas.monitor;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code atlas alerts test}. */
@Command(
        name = "test",
        description = {
            "Sends something to a webhook, signed like an alert, and says what came of it.",
            "",
            "Where it is not taken the command fails, and the gateway sends it again as it does with alerts."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            "65:the configuration has no such webhook",
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {"  atlas alerts test ops"})
final class AlertsTestCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Parameters(paramLabel = "WEBHOOK", description = "Its name in the configuration.")
    private String webhook = "";

    AlertsTestCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode delivery = admin.post(surroundings, "alerts/test", Map.of("webhook", webhook));
        boolean taken = "delivered".equals(Text.of(delivery.path("state")));
        String text = (taken ? "taken by " : "not taken by ") + webhook + ": " + AlertsCommand.last(delivery) + " ("
                + Text.of(delivery.path("id")) + ")\n";
        format.output().print(Answer.single(delivery, text), surroundings.out());
        return taken ? ExitCode.OK : ExitCode.FAILED;
    }
}
