package io.atlas.kernel.order;

import java.util.List;

/**
 * What a node says of itself. It says the whole of what it is, but for the work, so that a word that is lost costs the order
 * nothing but that work.
 *
 * @param number larger than that of any word before
 * @param hold what it has
 * @param works what it has charged since its last word
 * @param bids what waits there, each line once
 */
public record Word(String node, long number, Hold hold, List<Work> works, List<Bid> bids) {
    public Word {
        works = List.copyOf(works);
        bids = List.copyOf(bids);
    }

    /** What a node is about to do. */
    public enum Intent {
        STAYS,
        /** It comes to its end, and wants no more places than it uses. */
        LEAVES
    }

    /**
     * What a node has of a backend.
     *
     * @param slots no more than so many requests will be there until it hears an answer
     * @param running so many are there
     * @param nodes so many nodes it knows of, itself among them
     */
    public record Hold(int slots, int running, int nodes, Intent intent) {}
}
