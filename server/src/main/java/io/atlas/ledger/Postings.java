package io.atlas.ledger;

import java.util.List;

/**
 * What the ledger holds against limits, as of one moment.
 *
 * @param all at most one for each limit
 * @param lastLine the number of the last line that is counted; every line up to it is, and none after it
 */
public record Postings(List<Posting> all, long lastLine) {
    public Postings {
        all = List.copyOf(all);
    }
}
