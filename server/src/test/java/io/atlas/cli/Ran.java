package io.atlas.cli;

import io.atlas.terminal.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/** What a command left behind. */
record Ran(int exitCode, String out, String err) {
    static final Launch NOTHING = new Launch((_, _, _) -> 0, (_, _) -> 0, (_, _, _) -> 0);

    /** Runs a command with these variables only. */
    static Ran with(Map<String, String> variables, String... arguments) {
        return with(NOTHING, variables, arguments);
    }

    /** Runs a command that may start something. */
    static Ran with(Launch launch, Map<String, String> variables, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                name -> Optional.ofNullable(variables.get(name)),
                Ansi.OFF);
        int exitCode = Main.run(surroundings, launch, arguments);
        return new Ran(exitCode, out.toString(), err.toString());
    }
}
