package io.atlas.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Everything that an upstream's models were asked for, in the order of arrival. May be read from any thread. */
public final class Journal {
    private final List<Entry> entries = new ArrayList<>();

    /** All entries so far. */
    public synchronized List<Entry> all() {
        return List.copyOf(entries);
    }

    /** The entries with that mark: several where a request was tried again. */
    public synchronized List<Entry> of(String mark) {
        return entries.stream().filter(entry -> entry.mark().equals(mark)).toList();
    }

    /** The first entry with that mark, waiting for it as long as {@code patience} lasts. */
    public synchronized Entry await(String mark, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        List<Entry> found = of(mark);
        while (found.isEmpty()) {
            long rest = deadline - System.nanoTime();
            if (rest <= 0) {
                throw new AssertionError(mark + ": not asked for within " + patience);
            }
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(rest)));
            found = of(mark);
        }
        return found.getFirst();
    }

    /** Adds an entry; says the how manyth it is. */
    synchronized int add(Entry entry) {
        entries.add(entry);
        notifyAll();
        return entries.size();
    }
}
