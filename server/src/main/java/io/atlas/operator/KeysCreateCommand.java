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

/** {@code atlas keys create}. */
@Command(
        name = "create",
        description = {
            "Issues a key, which works at once. Its secret is shown now and never again: alone on stdout, so that"
                    + " KEY=$(atlas keys create ...) takes it; the other formats have it as a field.",
            "",
            "The key shares the limits of its tenant, team and user. Limits of its own need a key in the file."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.CONFLICT_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  KEY=$(atlas keys create --tenant acme --team search --name ci --expires 90d)",
            "  atlas keys create --tenant acme --team search --user ada --output json"
        })
final class KeysCreateCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(names = "--tenant", required = true, paramLabel = "NAME", description = "The tenant that pays.")
    private String tenant = "";

    @Option(
            names = "--team",
            paramLabel = "NAME",
            description = "The team it sits in (default: directly in the tenant).")
    private Optional<String> team = Optional.empty();

    @Option(names = "--user", paramLabel = "NAME", description = "The user it is bound to (default: nobody).")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What it is called, in usage and limits too (default: one made of its id).")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "When it ends, such as 2027-01-01 (midnight in UTC) or 90d (default: never).")
    private Optional<String> expires = Optional.empty();

    KeysCreateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> fields = new LinkedHashMap<>(Map.of("tenant", tenant));
        team.ifPresent(value -> fields.put("team", value));
        user.ifPresent(value -> fields.put("user", value));
        name.ifPresent(value -> fields.put("name", value));
        expires.ifPresent(value -> KeyRows.expires(value, fields));
        JsonNode key = admin.post(surroundings, "keys", fields);
        format.output().print(KeyRows.secret(key), surroundings.out());
        surroundings.say("key " + Text.of(key.path("id")) + " is " + Text.of(key.path("path"))
                + "; its secret is not shown again");
        return ExitCode.OK;
    }
}
