package io.atlas.cli;

import io.atlas.app.Developing.Order;
import io.atlas.observation.Observer;
import io.atlas.scenario.Playbill;
import io.atlas.scenario.Scenario;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Range;
import io.atlas.terminal.Surroundings;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code atlas dev}. */
@Command(
        name = "dev",
        description = "Runs the whole product on this machine, on loopback, without a key, a GPU, a network or another"
                + " process: embedded stores and a simulated model. Prints a curl with a fresh key for each tenant,"
                + " and the admin URL.",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.CANNOT_START_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas dev",
            "  atlas dev --port 9000 --admin-port 9001 --data ./data",
            "  atlas dev --scenario noisy-neighbour   one tenant hammers beside two others",
            "  atlas dev --scenario noisy-neighbour --observe   the same, watched by a Prometheus"
        })
final class DevCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Launch.Developing developing;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port for callers; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "Port of the admin listener; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int adminPort = 8081;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder that keeps what was used (default: a temporary one, removed at the end).")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            converter = Words.class,
            completionCandidates = Words.class,
            description = "Traffic to play: ${COMPLETION-CANDIDATES} (default: none).")
    private Optional<Scenario> scenario = Optional.empty();

    @Option(
            names = "--observe",
            description = "Starts the prometheus of this machine, which reads the metrics and judges the alerts.")
    private boolean observe;

    DevCommand(Surroundings surroundings, Launch.Developing developing) {
        this.surroundings = surroundings;
        this.developing = developing;
    }

    @Override
    public Integer call() {
        Board board = new Board(surroundings.out(), surroundings.ansi());
        Order order = new Order(
                Range.port("port", port),
                Range.port("admin-port", adminPort),
                data,
                scenario.map(chosen -> new Playbill(chosen, board)),
                observe ? Observer.PROMETHEUS : Observer.NOBODY);
        return developing.run(order, surroundings.out());
    }

    /** The names of the scenarios. */
    static final class Words implements ITypeConverter<Scenario>, Iterable<String> {
        @Override
        public Scenario convert(String word) {
            return Scenario.named(word)
                    .orElseThrow(() -> new TypeConversionException(
                            word + " (expected: " + String.join(", ", Scenario.words()) + ")"));
        }

        @Override
        public Iterator<String> iterator() {
            return Scenario.words().iterator();
        }
    }
}
