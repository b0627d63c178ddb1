package io.atlas.operator;

import io.atlas.terminal.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code atlas keys}. */
@Command(
        name = "keys",
        description = {
            "Issues keys, lists, rotates and revokes them, while the gateway runs and at once.",
            "",
            "A key that the configuration file has is changed there, and only listed here."
        },
        footer = {
            "  KEY=$(atlas keys create --tenant acme --team search --name ci --expires 90d)",
            "  atlas keys list --tenant acme",
            "  atlas keys rotate acme/search/keys/ci --overlap 24h",
            "  atlas keys revoke atl_k_7Hq2LmZa"
        })
final class KeysCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private KeysCommand() {}

    /** The command with its own commands. */
    static CommandLine of(Surroundings surroundings) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysCreateCommand(surroundings))
                .addSubcommand(new KeysListCommand(surroundings))
                .addSubcommand(new KeysRotateCommand(surroundings))
                .addSubcommand(new KeysRevokeCommand(surroundings));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
