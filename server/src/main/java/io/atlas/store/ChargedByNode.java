package io.atlas.store;

import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.Posting;
import java.util.List;
import java.util.Map;

/** What one node has charged, as counters that many nodes share have it. All of it blocks. */
public interface ChargedByNode {
    /**
     * What the node has charged in the current window of each limit of the calendar in force, and of those of end users that it
     * has charged since this was asked last; nothing where it is not known.
     */
    Map<Limit, Long> said();

    /**
     * Sets what the node has charged to these amounts, of each limit of which the counters still say what they said before: where
     * something was charged since, nothing is changed.
     *
     * @return those that were set
     */
    List<Posting> mend(List<Posting> amounts, Map<Limit, Long> said, long nowMicros);
}
