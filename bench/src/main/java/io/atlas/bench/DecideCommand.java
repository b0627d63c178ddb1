package io.atlas.bench;

import io.atlas.bench.load.Books;
import io.atlas.bench.load.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long Atlas takes to decide, and prints the table. */
@Command(
        name = "decide",
        mixinStandardHelpOptions = true,
        description = "From the parsed body to the decision, under load; bench/README.md says how.")
final class DecideCommand implements Callable<Integer> {
    private static final int KIB = 1 << 10;

    @Option(names = "--seconds", defaultValue = "4", description = "of each stretch of load (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "2", description = "seconds per kind of body (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--connections", defaultValue = "8", description = "at the same time (${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--kib", split = ",", defaultValue = "1,64,512", description = "sizes of bodies (${DEFAULT-VALUE})")
    private List<Integer> kib = List.of();

    @Option(
            names = "--scripts",
            split = ",",
            defaultValue = "english,cjk,base64,emoji",
            description = "that bodies are written in (${DEFAULT-VALUE})")
    private List<Script> scripts = List.of();

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws InterruptedException, IOException {
        Stage stage = workplace.stage();
        List<Integer> bodyBytes = kib.stream().map(size -> size * KIB).toList();
        try (Child _ = stage.startUpstream();
                Atlas atlas =
                        Atlas.start("atlas", stage, stage.itself(), ports -> Setups.nearlySpent(ports, bodyBytes))) {
            Decide.Terms terms = new Decide.Terms(
                    scripts, bodyBytes, Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(seconds), connections);
            Decide decide = new Decide(terms, atlas, report.progress());
            List<Decide.Row> rows = decide.run();
            return judge(rows, decide, atlas.books());
        }
    }

    private int judge(List<Decide.Row> rows, Decide decide, Books ledger) throws IOException {
        long late = rows.stream().filter(row -> !row.holds()).count();
        List<String> lines = new ArrayList<>();
        lines.add("%d processors, JDK %s, %d connections, stretches of %d s"
                .formatted(Runtime.getRuntime().availableProcessors(), Runtime.version(), connections, seconds));
        lines.add("");
        lines.add("| budget | script | body | at half: /s | decision p50 | p99 | all within | caller p50 | p99 "
                + "| saturated: /s | decision p50 | p99 | all within | caller p50 | p99 |");
        lines.add("|---|---|---" + "|---:".repeat(12) + "|");
        rows.forEach(row -> lines.add(line(row)));
        lines.add("");
        lines.add(
                "Milliseconds. Aims at half: a p99 of 1 ms where nothing is counted, of 10 ms on a budget nearly spent.");
        lines.add("");
        lines.add("- rows that miss the aim: " + late);
        lines.add("- wrong or missing answers: " + decide.failed());
        lines.add("- " + decide.books().comparedWith(ledger));
        report.print(lines);
        boolean right = decide.failed() == 0 && decide.books().equals(ledger);
        return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static String line(Decide.Row row) {
        String budget = switch (row.asked().budget()) {
            case WIDE -> "wide";
            case NEARLY_SPENT -> "nearly spent";
        };
        return "| %s | %s | %d KiB | %s | %s |"
                .formatted(
                        budget,
                        row.asked().script().word(),
                        row.asked().bodyBytes() / KIB,
                        cells(row.half()),
                        cells(row.saturated()));
    }

    private static String cells(Decide.Stretch stretch) {
        return String.format(
                Locale.ROOT,
                "%,.0f | %.3f | %.3f | %s | %.2f | %.2f",
                stretch.perSecond(),
                stretch.decisions().millis(0.5),
                stretch.decisions().millis(0.99),
                stretch.decisions().mostMillis(),
                stretch.tally().whole().micros(0.5) / 1e3,
                stretch.tally().whole().micros(0.99) / 1e3);
    }
}
