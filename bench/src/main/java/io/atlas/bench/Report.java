package io.atlas.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a command says what it found: on standard output, and in a file if one was named. */
final class Report {
    @Option(names = "--out", description = "also write the report to this file")
    private Optional<Path> out = Optional.empty();

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** What is said while it is measured. */
    PrintWriter progress() {
        return spec.commandLine().getErr();
    }

    /** Prints the finished report. */
    void print(List<String> lines) throws IOException {
        String report = String.join("\n", lines) + "\n";
        spec.commandLine().getOut().print(report);
        spec.commandLine().getOut().flush();
        if (out.isPresent()) {
            Files.writeString(out.get(), report);
        }
    }
}
