package io.atlas.bill;

import java.util.List;

/** Where the lines of bills are summed. */
public interface Bills {
    /** The most lines of one bill. */
    int MOST_LINES = 50_000;

    /**
     * The lines, in the order of their part, team, model, price and tags; all are sums of one state of the ledger. Where
     * there are more than {@link #MOST_LINES}, one more than these. Blocks.
     */
    List<BillLine> lines(BillQuery query);
}
