package io.atlas.cli;

import io.atlas.config.yaml.Reading;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code atlas serve}. */
@Command(
        name = "serve",
        description = "Runs the gateway until it is asked to stop (SIGTERM, Ctrl-C).",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.INVALID_LINE,
            ExitCode.CANNOT_START_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {"  atlas serve --config atlas.yaml"})
final class ServeCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Launch.Serving serving;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration; see atlas.example.yaml.")
    private Path file = Path.of("");

    ServeCommand(Surroundings surroundings, Launch.Serving serving) {
        this.surroundings = surroundings;
        this.serving = serving;
    }

    @Override
    public Integer call() {
        return switch (new ConfigurationFile(file).read(surroundings.environment(), TimeSource.system())) {
            case Reading.Valid valid -> {
                print(valid.warnings());
                yield serving.run(file, valid.configuration(), surroundings.err());
            }
            case Reading.Invalid invalid -> {
                print(invalid.findings());
                yield ExitCode.INVALID;
            }
        };
    }

    private void print(List<Finding> findings) {
        findings.forEach(finding -> surroundings.err().println(Text.safe(finding.toString())));
    }
}
