package io.atlas.bench;

import io.atlas.bench.load.Books;
import io.atlas.bench.load.Shape;
import io.atlas.bench.load.Target;
import io.atlas.bench.score.Scores;
import io.atlas.bench.score.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the contest and prints its table. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Atlas and nginx under the same load, side by side on this machine; bench/README.md says how.",
        footer = "--install  lets bench/run install nginx-light by apt-get where nginx is missing")
final class RunCommand implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "3", description = "rounds after the warm-up (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "8", description = "of each saturating stretch (${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "20",
            description = "seconds per proxy, and per kind of answer (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--connections", defaultValue = "16", description = "at the same time (${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--workers",
            description = "of nginx; one per processor, as Atlas has event loops (${DEFAULT-VALUE})")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(names = "--only", description = "plain or stream; both by default")
    private Optional<Shape> only = Optional.empty();

    @Option(
            names = "--proxies",
            split = ",",
            defaultValue = "nginx,atlas",
            description = "of nginx, atlas, observed, rival, direct; ratios are to the first (${DEFAULT-VALUE})")
    private List<Contender> contenders = List.of();

    @Option(names = "--rival", description = "checkout of the rival, built before; this one by default")
    private Optional<Path> rival = Optional.empty();

    @Option(names = "--rival-options", defaultValue = "", description = "for the rival's JVM, after the launcher's own")
    private String rivalOptions = "";

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws InterruptedException, IOException {
        Stage stage = workplace.stage(workers, rival, rivalOptions);
        List<Proxy> proxies = new ArrayList<>();
        try (Child _ = stage.startUpstream()) {
            try {
                for (Contender contender : contenders) {
                    proxies.add(contender.start(stage));
                }
                return contest(proxies, new Target(stage.upstreamPort(), "none"));
            } finally {
                proxies.forEach(Proxy::close);
            }
        }
    }

    private int contest(List<Proxy> proxies, Target upstream) throws IOException {
        Set<Shape> shapes = only.map(EnumSet::of).orElse(EnumSet.allOf(Shape.class));
        Contest.Terms terms = new Contest.Terms(
                rounds, Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(seconds), connections, shapes);
        Contest contest = new Contest(terms, upstream, report.progress());
        Scores scores = contest.run(proxies);
        List<String> lines = new ArrayList<>();
        boolean right = contest.failed() == 0;
        lines.add("wrong or missing answers: " + contest.failed());
        for (Proxy proxy : proxies) {
            if (proxy.ledger().isPresent()) {
                Books ledger = proxy.ledger().get().get();
                right &= ledger.equals(contest.books(proxy));
                lines.add(proxy.name() + ": " + contest.books(proxy).comparedWith(ledger));
            }
        }
        String table = Table.of(scores, proxies.stream().map(Proxy::name).toList());
        report.print(List.of(circumstances(), "", table, "- " + String.join("\n- ", lines)));
        return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private String circumstances() {
        return "%d processors, JDK %s, %d connections, %d s of warm-up, %d rounds of %d s, nginx with %d workers; medians (least to most)"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        connections,
                        warmUpSeconds,
                        rounds,
                        seconds,
                        workers);
    }
}
