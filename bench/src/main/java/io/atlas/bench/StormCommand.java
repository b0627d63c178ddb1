package io.atlas.bench;

import io.atlas.bench.load.Asking;
import io.atlas.bench.load.Load;
import io.atlas.bench.load.Plan;
import io.atlas.bench.load.Shape;
import io.atlas.bench.load.Storm;
import io.atlas.bench.load.Tally;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what others notice of client libraries that try again at once and for ever, and prints the table. */
@Command(
        name = "storm",
        mixinStandardHelpOptions = true,
        description = "Callers beside a storm of retries, and without it; bench/README.md says how.")
final class StormCommand implements Callable<Integer> {
    private static final double AIMED_RATIO = 1.3;
    private static final double P99 = 0.99;

    @Option(names = "--rounds", defaultValue = "5", description = "alone and beside it (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "30", description = "of each stretch (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "60", description = "seconds (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(
            names = "--rate",
            defaultValue = "200",
            description = "requests of the others in a second (${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--connections", defaultValue = "16", description = "of the others (${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--clients", defaultValue = "50", description = "that try for ever (${DEFAULT-VALUE})")
    private int clients;

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private Report report = new Report();

    private final Load load = new Load();
    private final int stormPort = Stage.freePort();

    /** One round: the others without the storm, and beside it. */
    private record Round(Tally alone, Tally beside, long tries) {
        double ratio() {
            return beside.whole().micros(P99) / alone.whole().micros(P99);
        }
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Stage stage = workplace.stage();
        List<Round> all = new ArrayList<>();
        try (Child _ = stage.startUpstream();
                Atlas atlas = Atlas.start("atlas", stage, stage.itself(), Setups::stormy);
                Child _ = stage.startStorm(stormPort, atlas.target(Setups.STORMY_KEY), clients)) {
            warmUp(atlas);
            storm(Storm.RAGE);
            warmUp(atlas);
            storm(Storm.CALM);
            round(atlas);
            report.progress().println("which was the last of the warm-up");
            for (int round = 0; round < rounds; round++) {
                all.add(round(atlas));
            }
        }
        return judge(all);
    }

    /**
     * As fast as it goes: at the rate of a round the compiler would be at work in all of them. What is different at that
     * rate is compiled anew in the round after it, which does not count.
     */
    private void warmUp(Atlas atlas) {
        Duration time = Duration.ofSeconds(warmUpSeconds);
        load.start(Plan.saturating(atlas.target(Setups.KEY), Asking.usual(Shape.PLAIN), connections, time))
                .join();
    }

    private Round round(Atlas atlas) throws IOException, InterruptedException {
        Tally alone = others(atlas, Duration.ofSeconds(seconds));
        storm(Storm.RAGE);
        Tally beside = others(atlas, Duration.ofSeconds(seconds));
        Round round = new Round(alone, beside, storm(Storm.CALM));
        report.progress()
                .printf(
                        Locale.ROOT,
                        "p99 %,.0f us alone, %,.0f us beside %d tries%n",
                        alone.whole().micros(P99),
                        beside.whole().micros(P99),
                        round.tries);
        report.progress().flush();
        return round;
    }

    private long storm(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + stormPort + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return Long.parseLong(
                    http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                            .body());
        }
    }

    private Tally others(Atlas atlas, Duration time) {
        return load.start(Plan.paced(atlas.target(Setups.KEY), Asking.usual(Shape.PLAIN), connections, rate, time))
                .join();
    }

    private int judge(List<Round> all) throws IOException {
        double ratio = median(all, Round::ratio);
        long failed = all.stream()
                .mapToLong(round -> round.alone.failed() + round.beside.failed())
                .sum();
        report.print(List.of(
                "%d processors, %d clients that try for ever, others at %d/s, %d rounds of %d s"
                        .formatted(Runtime.getRuntime().availableProcessors(), clients, rate, rounds, seconds),
                "",
                "| the others | p50, us | p99, us |",
                "|---|---:|---:|",
                row("alone", all, Round::alone),
                row("beside the storm", all, Round::beside),
                "",
                String.format(Locale.ROOT, "- p99 beside over p99 alone: %.2f (aim: at most %.1f)", ratio, AIMED_RATIO),
                "- tries of the storm in all rounds: "
                        + all.stream().mapToLong(Round::tries).sum(),
                "- wrong or missing answers of the others: " + failed));
        return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static String row(String what, List<Round> all, Function<Round, Tally> which) {
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f |",
                what,
                median(all, round -> which.apply(round).whole().micros(0.5)),
                median(all, round -> which.apply(round).whole().micros(P99)));
    }

    private static double median(List<Round> all, ToDoubleFunction<Round> figure) {
        double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
