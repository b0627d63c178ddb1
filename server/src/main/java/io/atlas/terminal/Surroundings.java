package io.atlas.terminal;

import io.atlas.yaml.Environment;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/**
 * What a command touches of the process around it.
 *
 * @param out takes data
 * @param err takes messages
 * @param ansi whether colours are wanted
 */
public record Surroundings(PrintWriter out, PrintWriter err, Environment environment, Ansi ansi) {
    /** Those of this process: no colour unless a terminal reads, nor where {@code NO_COLOR} is set. */
    public static Surroundings system() {
        boolean coloured = Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent()
                && Environment.SYSTEM
                        .variable("NO_COLOR")
                        .filter(value -> !value.isEmpty())
                        .isEmpty()
                && Environment.SYSTEM.variable("TERM").filter("dumb"::equals).isEmpty();
        return new Surroundings(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                Environment.SYSTEM,
                coloured ? Ansi.ON : Ansi.OFF);
    }

    /** Tells people, not programs. */
    public void say(String message) {
        err.println("atlas: " + message);
    }
}
