package io.atlas.kernel.order;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The work that this node has charged, and not yet said. Guarded by the lock of its owner. */
public final class Untold {
    private final Map<Line, Work> works = new LinkedHashMap<>();

    /** More was charged, or given back where it is negative. */
    public void add(Line line, int weight, long cost) {
        works.merge(
                line, new Work(line, weight, cost), (one, more) -> new Work(line, weight, one.cost() + more.cost()));
    }

    /** All of it, which then counts as said. */
    public List<Work> take() {
        List<Work> all =
                works.values().stream().filter(work -> work.cost() != 0).toList();
        works.clear();
        return all;
    }
}
