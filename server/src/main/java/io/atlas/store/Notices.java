package io.atlas.store;

import java.util.List;

/** What each of the nodes that share counters says to all others. */
public interface Notices {
    /** A node that shares nothing. */
    Notices ALONE = (_, _) -> List.of();

    /**
     * Says something of a thing, in place of what this node said of it before; returns what the others say, but for what is
     * older than a quarter of a minute. Blocks.
     *
     * @throws StoreAway where nobody can be told
     */
    List<String> exchange(String thing, String own);
}
