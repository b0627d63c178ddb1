package io.atlas.cli;

import io.atlas.model.Simulation;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Range;
import io.atlas.terminal.Surroundings;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code atlas sim}. */
@Command(
        name = "sim",
        description =
                "Runs the simulated model server alone, on loopback: OpenAI's API, answers of nonsense at the speed"
                        + " and with the failures asked for. The same seed and requests meet the same fate.",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.CANNOT_START_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas sim --port 9000",
            "  atlas sim --port 9000 --slots 32 --ttft 200ms --tokens-per-second 40",
            "  atlas sim --port 9000 --errors 50 --cuts 10   5 %% of the requests fail, 1 %% of the streams break off"
        })
final class SimCommand implements Callable<Integer> {
    private static final String PER_MILLE = "PER_MILLE";
    private static final int MAX_RATE = 1_000_000;
    private static final int MAX_PLACES = 1_000_000;

    private final Surroundings surroundings;
    private final Launch.Simulating simulating;

    @Option(names = "--port", required = true, paramLabel = "PORT", description = "Port; 0 takes a free one.")
    private int port;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description = "Decides which requests fail (default: ${DEFAULT-VALUE}).")
    private long seed = Simulation.DEFAULT.seed();

    @Option(
            names = "--ttft",
            paramLabel = "DURATION",
            converter = Milliseconds.class,
            description = "Time to the first token of an idle server, such as 250ms, 2s (default: 50ms).")
    private Duration ttft = Simulation.DEFAULT.ttft();

    @Option(
            names = "--tokens-per-second",
            paramLabel = "NUMBER",
            description = "Speed of one answer (default: ${DEFAULT-VALUE}).")
    private int tokensPerSecond = Simulation.DEFAULT.tokensPerSecond();

    @Option(names = "--slots", paramLabel = "NUMBER", description = "Answers at once (default: ${DEFAULT-VALUE}).")
    private int slots = Simulation.DEFAULT.slots();

    @Option(
            names = "--queue",
            paramLabel = "NUMBER",
            description = "Requests that may wait for a slot; one more is a 503 (default: ${DEFAULT-VALUE}).")
    private int queue = Simulation.DEFAULT.queue();

    @Option(
            names = "--errors",
            paramLabel = PER_MILLE,
            description = "Requests answered by 500 (default: ${DEFAULT-VALUE}).")
    private int errors = Simulation.DEFAULT.errorPerMille();

    @Option(
            names = "--throttles",
            paramLabel = PER_MILLE,
            description = "Requests answered by 429 (default: ${DEFAULT-VALUE}).")
    private int throttles = Simulation.DEFAULT.throttlePerMille();

    @Option(
            names = "--stalls",
            paramLabel = PER_MILLE,
            description = "Streams that fall silent in the middle (default: ${DEFAULT-VALUE}).")
    private int stalls = Simulation.DEFAULT.stallPerMille();

    @Option(
            names = "--cuts",
            paramLabel = PER_MILLE,
            description = "Streams that break off in the middle (default: ${DEFAULT-VALUE}).")
    private int cuts = Simulation.DEFAULT.cutPerMille();

    @Option(
            names = "--cached",
            paramLabel = PER_MILLE,
            description = "Share of the input that counts as cached (default: ${DEFAULT-VALUE}).")
    private int cached = Simulation.DEFAULT.cachedPerMille();

    @Option(
            names = "--reasoning",
            paramLabel = PER_MILLE,
            description = "Share of the output that is counted as reasoning and not shown (default: ${DEFAULT-VALUE}).")
    private int reasoning = Simulation.DEFAULT.reasoningPerMille();

    SimCommand(Surroundings surroundings, Launch.Simulating simulating) {
        this.surroundings = surroundings;
        this.simulating = simulating;
    }

    @Override
    public Integer call() {
        return simulating.run(Range.port("port", port), simulation(), surroundings.err());
    }

    private Simulation simulation() {
        return new Simulation(
                seed,
                ttft,
                Range.within(1, tokensPerSecond, MAX_RATE, "tokens-per-second"),
                Range.within(1, slots, MAX_PLACES, "slots"),
                Range.within(0, queue, MAX_PLACES, "queue"),
                perMille(errors, "errors"),
                perMille(throttles, "throttles"),
                perMille(stalls, "stalls"),
                perMille(cuts, "cuts"),
                perMille(cached, "cached"),
                perMille(reasoning, "reasoning"));
    }

    private static int perMille(int value, String option) {
        return Range.within(0, value, 1_000, option);
    }

    /** Reads durations as the configuration writes them. */
    static final class Milliseconds implements ITypeConverter<Duration> {
        private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})(ms|s|m)");

        @Override
        public Duration convert(String text) {
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException(text + " (expected: such as 250ms, 2s or 1m)");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
        }
    }
}
