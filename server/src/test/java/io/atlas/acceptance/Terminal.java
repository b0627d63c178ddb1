package io.atlas.acceptance;

import io.atlas.operator.OperatorCommands;
import io.atlas.terminal.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** An operator's command that runs until the test ends it. */
final class Terminal implements AutoCloseable {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Thread thread;

    private Terminal(URI admin, String... arguments) {
        Map<String, String> variables = Map.of("ATLAS_ADMIN_URL", admin.toString());
        CommandLine all = new CommandLine(CommandSpec.create());
        OperatorCommands.of(new Surroundings(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        name -> Optional.ofNullable(variables.get(name)),
                        Ansi.OFF))
                .forEach(all::addSubcommand);
        all.setExecutionExceptionHandler((_, _, _) -> 1);
        thread = Thread.ofPlatform().name("terminal").start(() -> all.execute(arguments));
    }

    /** Begins the command. */
    static Terminal run(URI admin, String... arguments) {
        return new Terminal(admin, arguments);
    }

    /** The lines of data until now, those that are whole. */
    List<String> lines() {
        String text = out.toString();
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /** What people were told until now. */
    String told() {
        return err.toString();
    }

    boolean over() {
        return !thread.isAlive();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
