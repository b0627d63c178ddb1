package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code atlas keys revoke}. */
@Command(
        name = "revoke",
        description = {
            "Ends a key: the next request with it is refused. What is being answered comes to its end.",
            "",
            "By its id only that key ends. By its path or name every secret of it does, one in overlap too."
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
        footer = {"  atlas keys revoke atl_k_7Hq2LmZa", "  atlas keys revoke acme/search/keys/ci"})
final class KeysRevokeCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Parameters(paramLabel = "KEY", description = "Id, path, or a name that no other key has; never a secret.")
    private String key = "";

    KeysRevokeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode revoked = admin.delete(surroundings, "keys/" + KeyRows.part(key));
        format.output().print(KeyRows.list(revoked, surroundings), surroundings.out());
        return ExitCode.OK;
    }
}
