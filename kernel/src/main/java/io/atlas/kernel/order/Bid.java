package io.atlas.kernel.order;

import io.atlas.kernel.unit.Check;

/**
 * What waits at one node in one line.
 *
 * @param weight the tenant's share within its band
 * @param sureMillionths the part of all work that the band is sure of
 * @param cost the work of the first in it, as it is estimated
 * @param credit the work by which the line may begin before others, when it begins to wait
 * @param waiting how many of them the node can take; 0 where it can take none now, so that nobody waits for it
 * @param ageMicros how long the first has waited
 */
public record Bid(Line line, int weight, int sureMillionths, long cost, long credit, int waiting, long ageMicros) {
    public Bid {
        Check.within(1, weight, Integer.MAX_VALUE, "weight");
        Check.within(0, waiting, Integer.MAX_VALUE, "waiting");
    }

    /** The same of a node that can take none now. */
    public Bid heldBack() {
        return new Bid(line, weight, sureMillionths, cost, credit, 0, ageMicros);
    }
}
