package io.atlas.ledger.open;

/** The place of one request in the table of open requests. Used by the one exchange that it belongs to. */
public interface OpenSlot {
    /** The request is on its way to the backend: from now on its input is charged whatever happens. */
    void sent();

    /** The input has been counted; until then the slot has the estimate that it was taken with. */
    void counted(long inputTokens);

    /** What is known of the answer so far. */
    void checkpoint(long inputTokens, long outputTokens);

    /** The request is in the ledger. The slot must not be used any more. */
    void clear();
}
