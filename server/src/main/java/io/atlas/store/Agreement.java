package io.atlas.store;

/** What nodes that share counters have to call the same, as the counters of one thing would be two otherwise. */
public interface Agreement {
    /** A node that shares nothing. */
    Agreement ALONE = (thing, own) -> own;

    /**
     * The word for a thing that all of them use: that of the node who spoke first. Blocks.
     *
     * @param own what this node would say
     * @throws StoreAway where nobody can be asked
     */
    String agreed(String thing, String own);
}
