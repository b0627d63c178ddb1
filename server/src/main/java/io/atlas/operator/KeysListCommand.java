package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas keys list}. */
@Command(
        name = "list",
        description = {
            "Lists the keys, those of the configuration file too, but no secret.",
            "",
            "STATE is active; expiring (it works, but has a successor or less than a week); dormant (the configuration"
                    + " has no such place any more, or a key of the same name); expired; or revoked."
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
            "  atlas keys list --tenant acme",
            "  atlas keys list --output json | jq '.keys[] | select(.state == \"expiring\")'"
        })
final class KeysListCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(names = "--tenant", paramLabel = "NAME", description = "Only this tenant's keys (default: all keys).")
    private Optional<String> tenant = Optional.empty();

    @Option(names = "--team", paramLabel = "NAME", description = "Only the keys of teams of this name (default: all).")
    private Optional<String> team = Optional.empty();

    KeysListCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        tenant.ifPresent(name -> query.put("tenant", name));
        team.ifPresent(name -> query.put("team", name));
        JsonNode keys = admin.get(surroundings, "keys", query);
        format.output().print(KeyRows.list(keys, surroundings), surroundings.out());
        long leftOut = keys.path("left_out").asLong(0);
        if (leftOut > 0) {
            surroundings.say(Text.number(leftOut) + " more keys are left out; choose by --tenant and --team");
        }
        return ExitCode.OK;
    }
}
