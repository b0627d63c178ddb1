package io.atlas.ledger.open;

/** The place of one request in the table of open requests. Used by the one exchange that it belongs to. */
public interface OpenSlot {
    /** The request is on its way to the backend: from now on its input is charged whatever happens. */
    void sent();

    /** What is known of the answer so far; written at once, so call it at most once a second or so. */
    void checkpoint(long inputTokens, long outputTokens);

    /** The request is in the ledger. The slot must not be used any more. */
    void clear();
}
