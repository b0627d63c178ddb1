package io.atlas.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what slow streams cost in memory, and prints the table. */
@Command(
        name = "idle-streams",
        mixinStandardHelpOptions = true,
        description = "The memory of Atlas under thousands of slow streams; bench/README.md says how.")
final class IdleStreamsCommand implements Callable<Integer> {
    private static final double KIB = 1 << 10;
    private static final double MIB = 1 << 20;
    private static final int AIMED_STREAMS = 10_000;

    /** Jars, the ledger, event loops and listeners, with room. */
    private static final int OTHER_FILES = 400;

    private static final int FILES_PER_STREAM = 2;

    @Option(names = "--streams", defaultValue = "10000", description = "at the same time (${DEFAULT-VALUE})")
    private int streams;

    @Option(names = "--opening", defaultValue = "30", description = "seconds to open them over (${DEFAULT-VALUE})")
    private int openingSeconds;

    @Option(names = "--pause", defaultValue = "10", description = "seconds between two chunks (${DEFAULT-VALUE})")
    private int pauseSeconds;

    @Option(names = "--chunks", defaultValue = "6", description = "that come slowly (${DEFAULT-VALUE})")
    private int chunks;

    @Option(names = "--warm-up", defaultValue = "15", description = "seconds (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--readers", defaultValue = "500", description = "that read nothing (${DEFAULT-VALUE})")
    private int readers;

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws InterruptedException, IOException {
        IdleStreams.Terms terms = new IdleStreams.Terms(
                Math.min(streams, (openFiles() - OTHER_FILES) / FILES_PER_STREAM),
                Duration.ofSeconds(openingSeconds),
                Duration.ofSeconds((long) pauseSeconds * chunks),
                Duration.ofSeconds(warmUpSeconds),
                readers);
        IdleStreams bench = new IdleStreams(terms, report.progress());
        IdleStreams.Slow slow;
        Stage slowStage = workplace.stage();
        try (Child _ = slowStage.startUpstream(
                        "slowly", Integer.toString(chunks), Integer.toString(pauseSeconds * 1_000));
                Atlas atlas = Atlas.start("slow", slowStage, slowStage.itself(), Setups::crowded)) {
            slow = bench.slow(atlas);
        }
        Stage unreadStage = workplace.stage();
        try (Child _ = unreadStage.startUpstream("endlessly");
                Atlas atlas = Atlas.start("unread", unreadStage, unreadStage.itself(), Setups::crowded)) {
            return judge(slow, bench.unread(atlas));
        }
    }

    /** Of this process, and so of Atlas. */
    private static int openFiles() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> Integer.parseInt(line.split("\\s{2,}", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    private int judge(IdleStreams.Slow slow, IdleStreams.Unread unread) throws IOException {
        double perStream = each(slow.underWay(), slow.open() - slow.idle());
        double perReader = each(unread.underWay(), unread.held() - unread.idle());
        List<String> lines = List.of(
                "| | streams | memory, MiB | above idle, MiB | for each, KiB |",
                "|---|---:|---:|---:|---:|",
                row("idle", 0, slow.idle(), slow.idle()),
                row("slow streams open", slow.underWay(), slow.open(), slow.idle()),
                row("after they ended", 0, slow.after(), slow.idle()),
                row("another Atlas, idle", 0, unread.idle(), unread.idle()),
                row("nobody reads", unread.underWay(), unread.held(), unread.idle()),
                row("the most, with garbage", unread.underWay(), unread.most(), unread.idle()),
                "",
                String.format(
                        Locale.ROOT,
                        "- %,d slow streams would cost %,.0f MiB above idle (aim: 500)",
                        AIMED_STREAMS,
                        perStream * AIMED_STREAMS / MIB),
                String.format(Locale.ROOT, "- a stream that nobody reads costs %,.1f KiB (aim: 64)", perReader / KIB),
                "- all of those cut within " + unread.cutAfter().toSeconds() + " s (aim: 30, and the seconds between)",
                "- wrong or missing answers: " + slow.tally().failed(),
                "- " + slow.load().comparedWith(slow.ledger()));
        report.print(lines);
        boolean right = slow.tally().failed() == 0 && slow.load().equals(slow.ledger()) && unread.cut();
        return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static double each(long streams, long bytes) {
        return streams == 0 ? 0 : (double) bytes / streams;
    }

    private static String row(String what, long streams, long bytes, long idleBytes) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,.1f | %,.1f | %,.1f |",
                what,
                streams,
                bytes / MIB,
                (bytes - idleBytes) / MIB,
                each(streams, bytes - idleBytes) / KIB);
    }
}
