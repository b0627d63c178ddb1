package io.atlas.bench;

import io.atlas.bench.Flood.Ended;
import io.atlas.bench.Flood.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what is served, and how soon the others are told, where far more is asked for than there is. */
@Command(
        name = "overload",
        mixinStandardHelpOptions = true,
        description = "Ten times as much as a model can serve; bench/README.md says how.")
final class OverloadCommand implements Callable<Integer> {
    private static final double AIMED_PART = 0.9;
    private static final double AIMED_MILLIS = 50;

    private static final Ended[] REFUSALS = {Ended.REFUSED, Ended.DISPLACED};

    /** Until the queue is full, and until it is empty where less is asked for, nothing is counted. */
    private static final Duration BEGINNING = Duration.ofSeconds(2);

    @Option(names = "--seconds", defaultValue = "30", description = "of each stretch (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--times", defaultValue = "10", description = "what can be served (${DEFAULT-VALUE})")
    private int times;

    @Option(names = "--places", defaultValue = "32", description = "at the model (${DEFAULT-VALUE})")
    private int places;

    @Option(names = "--warm-up", defaultValue = "10", description = "seconds (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private Report report = new Report();

    /** One stretch, of which what ended in its time counts. */
    private record Stretch(List<Reply> replies, double seconds) {
        static Stretch of(List<Reply> all, Duration duration) {
            long end = duration.toNanos();
            return new Stretch(
                    all.stream()
                            .filter(reply -> reply.atNanos() > BEGINNING.toNanos() && reply.atNanos() <= end)
                            .toList(),
                    duration.minus(BEGINNING).toMillis() / 1e3);
        }

        double perSecond(Ended... any) {
            return count(any) / seconds;
        }

        long count(Ended... any) {
            return replies.stream()
                    .filter(reply -> List.of(any).contains(reply.ended()))
                    .count();
        }

        /** The time that so many of those do not exceed; 0 where there are none. */
        double millis(double share, Ended... any) {
            long[] sorted = replies.stream()
                    .filter(reply -> List.of(any).contains(reply.ended()))
                    .mapToLong(Reply::tookNanos)
                    .sorted()
                    .toArray();
            return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
        }
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Stage stage = workplace.stage();
        Duration duration = Duration.ofSeconds(seconds).plus(BEGINNING);
        try (Atlas atlas = Atlas.start("atlas", stage, stage.itself(), ports -> Setups.overloaded(ports, places));
                Flood flood = new Flood(Setups.CROWD.stream().map(atlas::target).toList())) {
            flood.closed(2 * places, Duration.ofSeconds(warmUpSeconds));
            Stretch full = Stretch.of(flood.closed(2 * places, duration), duration);
            double perSecond = full.perSecond(Ended.SERVED);
            report.progress().printf(Locale.ROOT, "just full: %.1f/s served%n", perSecond);
            report.progress().flush();
            Stretch over = Stretch.of(flood.open(times * perSecond, duration), duration);
            return judge(full, over);
        }
    }

    private int judge(Stretch full, Stretch over) throws IOException {
        long wrong = full.count(Ended.WRONG) + full.count(REFUSALS) + over.count(Ended.WRONG);
        report.print(List.of(
                "%d processors, a simulated model with %d places, 4 tenants, %d s each"
                        .formatted(Runtime.getRuntime().availableProcessors(), places, seconds),
                "",
                "| | served/s | p50, ms | p99, ms | refused/s | p50, ms | p99, ms |",
                "|---|---:|---:|---:|---:|---:|---:|",
                row("just full", full),
                row(times + " times as much", over),
                "",
                String.format(
                        Locale.ROOT,
                        "- served under overload over served when just full: %.3f (aim: at least %.1f)",
                        over.perSecond(Ended.SERVED) / full.perSecond(Ended.SERVED),
                        AIMED_PART),
                String.format(
                        Locale.ROOT,
                        "- refusals, p99: %.1f ms (aim: at most %.0f ms)",
                        over.millis(0.99, REFUSALS),
                        AIMED_MILLIS),
                String.format(
                        Locale.ROOT,
                        "- of these, told at once: %.1f/s, p99: %.1f ms; had waited and made room: %.1f/s, p50: %.1f ms, p99: %.1f ms",
                        over.perSecond(Ended.REFUSED),
                        over.millis(0.99, Ended.REFUSED),
                        over.perSecond(Ended.DISPLACED),
                        over.millis(0.5, Ended.DISPLACED),
                        over.millis(0.99, Ended.DISPLACED)),
                "- wrong or missing answers: " + wrong));
        return wrong == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static String row(String what, Stretch of) {
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |",
                what,
                of.perSecond(Ended.SERVED),
                of.millis(0.5, Ended.SERVED),
                of.millis(0.99, Ended.SERVED),
                of.perSecond(REFUSALS),
                of.millis(0.5, REFUSALS),
                of.millis(0.99, REFUSALS));
    }
}
