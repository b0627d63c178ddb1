package io.atlas.bench;

import io.atlas.bench.load.Asking;
import io.atlas.bench.load.Books;
import io.atlas.bench.load.Load;
import io.atlas.bench.load.Plan;
import io.atlas.bench.load.Shape;
import io.atlas.bench.load.SlowReaders;
import io.atlas.bench.load.Tally;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What streams cost Atlas in memory that hardly move, because the upstream is slow or because the caller is. */
final class IdleStreams {
    private static final int WARMING_CONNECTIONS = 16;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** For what is done after an answer, and for the pages that the collector gives back. */
    private static final Duration SETTLING = Duration.ofSeconds(5);

    /** In which every stream that nobody reads has come to its stop. */
    private static final Duration FILLING = Duration.ofSeconds(8);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Terms terms;
    private final PrintWriter progress;
    private final Load load = new Load();

    /**
     * How many and how long.
     *
     * @param opening over which time the slow streams are opened
     * @param held how long each of them lasts
     * @param readers how many read nothing
     */
    record Terms(int streams, Duration opening, Duration held, Duration warmUp, int readers) {}

    /**
     * Memory in bytes, by the process's share of pages.
     *
     * @param open the most while all streams were open
     * @param underWay the most streams that Atlas saw open
     */
    record Slow(long idle, long open, long after, long underWay, Tally tally, Books load, Books ledger) {}

    /**
     * Memory in bytes, by the process's share of pages.
     *
     * @param most the most while nobody read, with the garbage of their opening
     * @param held what was left after a collection while nobody read
     * @param underWay the most streams that Atlas saw open
     * @param cutAfter from the last request to the moment when Atlas had given them all up; the patience where it did not
     */
    record Unread(long idle, long most, long held, long underWay, Duration cutAfter) {
        boolean cut() {
            return cutAfter.compareTo(PATIENCE) < 0;
        }
    }

    IdleStreams(Terms terms, PrintWriter progress) {
        this.terms = terms;
        this.progress = progress;
    }

    /** Many streams that the upstream is slow with. */
    Slow slow(Atlas atlas) throws InterruptedException {
        Tally tally = new Tally();
        tally.add(warm(atlas));
        long idle = settled(atlas);
        say("idle", idle, 0);
        CompletableFuture<Tally> streams = load.start(Plan.once(
                atlas.target(Setups.KEY), Asking.paced(), terms.streams, terms.opening, terms.held.plus(PATIENCE)));
        long most = 0;
        long mostUnderWay = 0;
        while (!ended(streams)) {
            long bytes = atlas.process().pssBytes();
            long underWay = atlas.underWay();
            if (underWay >= mostUnderWay) {
                most = Math.max(most, bytes);
                mostUnderWay = underWay;
            }
            say("slow streams", bytes, underWay);
        }
        tally.add(streams.join());
        tally.complaints().forEach(progress::println);
        long after = settled(atlas);
        say("after", after, atlas.underWay());
        return new Slow(idle, most, after, mostUnderWay, tally, tally.books(), atlas.books());
    }

    /** Streams without an end that nobody reads; the upstream writes as fast as it may. */
    Unread unread(Atlas atlas) throws InterruptedException {
        warm(atlas);
        long idle = settled(atlas);
        try (SlowReaders _ = SlowReaders.open(atlas.target(Setups.KEY), terms.readers)) {
            pause(FILLING);
            long most = atlas.process().pssBytes();
            atlas.collect();
            pause(SETTLING);
            long held = atlas.process().pssBytes();
            long mostUnderWay = atlas.underWay();
            say("unread streams, collected", held, mostUnderWay);
            Duration waited = FILLING.plus(SETTLING);
            long underWay = mostUnderWay;
            while (underWay > 0 && waited.compareTo(PATIENCE) < 0) {
                pause(BETWEEN_LOOKS);
                waited = waited.plus(BETWEEN_LOOKS);
                long bytes = atlas.process().pssBytes();
                underWay = atlas.underWay();
                most = Math.max(most, bytes);
                say("unread streams", bytes, underWay);
            }
            return new Unread(idle, most, held, mostUnderWay, waited);
        }
    }

    private Tally warm(Atlas atlas) {
        return load.start(Plan.saturating(
                        atlas.target(Setups.KEY), Asking.usual(Shape.STREAM), WARMING_CONNECTIONS, terms.warmUp))
                .join();
    }

    private static long settled(Atlas atlas) throws InterruptedException {
        pause(SETTLING);
        atlas.collect();
        pause(SETTLING);
        return atlas.process().pssBytes();
    }

    private static boolean ended(CompletableFuture<Tally> streams) throws InterruptedException {
        try {
            streams.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a connection could not be made", e.getCause());
        }
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }

    private void say(String what, long bytes, long underWay) {
        progress.printf("%s: %d under way, %,.1f MiB%n", what, underWay, bytes / (double) (1 << 20));
        progress.flush();
    }
}
