package io.atlas.ledger.follow;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far somebody has followed: of each node the last line that he knows.
 *
 * @param lines by the number of the node among all nodes; by 0 where only one node is followed
 */
public record Position(SortedMap<Integer, Long> lines) {
    public Position {
        lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
    }

    /** That of somebody who follows one node. */
    public static Position ofOneNode(long line) {
        return new Position(new TreeMap<>(Map.of(0, line)));
    }

    /** The last known line of that node; 0 of one that is new. */
    public long line(int node) {
        return lines.getOrDefault(node, 0L);
    }
}
