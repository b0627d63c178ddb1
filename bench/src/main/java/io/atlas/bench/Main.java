package io.atlas.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code bench/run} and its like. */
@Command(
        name = "bench",
        subcommands = {
            RunCommand.class,
            DecideCommand.class,
            IdleStreamsCommand.class,
            StormCommand.class,
            OverloadCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs the command line and ends with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((thrown, command, _) -> {
                    command.getErr().println("bench: " + thrown);
                    return command.getCommandSpec().exitCodeOnExecutionException();
                })
                .execute(arguments));
    }
}
