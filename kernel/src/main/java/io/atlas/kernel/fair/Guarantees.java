package io.atlas.kernel.fair;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What part of the work each band is sure of, in millionths, while it has anything to do: half for the highest, a fifth
 * for the next, a twentieth for the third, and another twentieth that all below share. The rest, a fifth at least, goes to
 * the highest that has anything to do.
 */
public final class Guarantees {
    private static final List<Long> BY_RANK = List.of(500_000L, 200_000L, 50_000L);
    private static final long FOR_THE_REST = 50_000;

    private final Map<Integer, Long> millionths = new HashMap<>();
    private final long least;

    /** The guarantees of bands with these priorities. */
    public Guarantees(Collection<Integer> priorities) {
        List<Integer> ranked =
                new TreeSet<>(priorities).descendingSet().stream().toList();
        int rest = ranked.size() - BY_RANK.size();
        least = rest > 0 ? Math.max(1, FOR_THE_REST / rest) : BY_RANK.getLast();
        for (int rank = 0; rank < ranked.size(); rank++) {
            millionths.put(ranked.get(rank), rank < BY_RANK.size() ? BY_RANK.get(rank) : least);
        }
    }

    /** What a band of that priority is sure of; one that is not known of, as little as the lowest. */
    long millionths(int priority) {
        return millionths.getOrDefault(priority, least);
    }
}
