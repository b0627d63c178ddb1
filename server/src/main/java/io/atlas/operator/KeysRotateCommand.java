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
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code atlas keys rotate}. */
@Command(
        name = "rotate",
        description = {
            "Issues a successor of a key: the same place, name and limits, a new secret, which is shown now and never"
                    + " again, alone on stdout. The old secret works until the overlap ends, and then no more.",
            "",
            "The successor lives as long as its predecessor was to live, unless --expires says otherwise."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.NOT_FOUND_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.CONFLICT_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  KEY=$(atlas keys rotate acme/search/keys/ci)",
            "  atlas keys rotate atl_k_7Hq2LmZa --overlap 0s --output json"
        })
final class KeysRotateCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Parameters(paramLabel = "KEY", description = "Id, path, or a name that no other key has.")
    private String key = "";

    @Option(
            names = "--overlap",
            paramLabel = "SPAN",
            description = "How long the old secret works, such as 0s, 30m, 24h or 7d (default: 24h).")
    private Optional<String> overlap = Optional.empty();

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "When the successor ends, such as 2027-01-01 (midnight in UTC) or 90d.")
    private Optional<String> expires = Optional.empty();

    KeysRotateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> fields = new LinkedHashMap<>();
        overlap.ifPresent(value -> fields.put("overlap", value));
        expires.ifPresent(value -> KeyRows.expires(value, fields));
        JsonNode successor = admin.post(surroundings, "keys/" + KeyRows.part(key) + "/rotate", fields);
        format.output().print(KeyRows.secret(successor), surroundings.out());
        JsonNode old = successor.path("predecessor");
        surroundings.say("key " + Text.of(successor.path("id")) + " is " + Text.of(successor.path("path"))
                + "; its secret is not shown again; " + Text.of(old.path("id")) + " works until "
                + Text.of(old.path("expires_at")));
        return ExitCode.OK;
    }
}
