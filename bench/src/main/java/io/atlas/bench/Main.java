package io.atlas.bench;

import picocli.CommandLine;

/** The program behind {@code bench/run}. */
public final class Main {
    private Main() {}

    /** Runs the command line and ends with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RunCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((thrown, command, _) -> {
                    command.getErr().println("bench: " + thrown);
                    return command.getCommandSpec().exitCodeOnExecutionException();
                })
                .execute(arguments));
    }
}
