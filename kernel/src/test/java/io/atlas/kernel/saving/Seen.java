package io.atlas.kernel.saving;

import io.atlas.kernel.saving.Budget.Way;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What one tenant saw. */
final class Seen {
    final List<Long> waits = new ArrayList<>();
    final List<Long> times = new ArrayList<>();
    /** How it was served, and whether it was refused. */
    final Set<Way> ways = EnumSet.noneOf(Way.class);
    /** How it was served before its budget first refused it. */
    final Set<Way> waysBeforeRefusal = EnumSet.noneOf(Way.class);
    /** For which there was no place in time. */
    int overloaded;

    void answered(Way way) {
        ways.add(way);
        if (!ways.contains(Way.NOT)) {
            waysBeforeRefusal.add(way);
        }
    }

    void addFigures(Seen more) {
        waits.addAll(more.waits);
        times.addAll(more.times);
        overloaded += more.overloaded;
    }

    /** Both; of the ways before a refusal those that are in both. */
    Seen with(Seen more) {
        addFigures(more);
        ways.addAll(more.ways);
        waysBeforeRefusal.retainAll(more.waysBeforeRefusal);
        return this;
    }

    static long percentile(List<Long> micros, int percent) {
        List<Long> sorted = micros.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
