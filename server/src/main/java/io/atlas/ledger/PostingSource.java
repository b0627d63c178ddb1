package io.atlas.ledger;

import io.atlas.kernel.quota.Limit;
import java.util.List;

/** Lines of which it can be told what they charge to limits. */
public interface PostingSource {
    /**
     * What each limit has to be charged with so that it stands where the lines say, at most one amount for each: of a
     * calendar limit the sum of its current window, of a bucket what has not leaked. Limits against which nothing
     * stands, and those on requests at once, are left out. All are sums of the same lines. Blocks.
     */
    Postings postings(List<Limit> limits, CountingRules rules, long nowMicros);
}
