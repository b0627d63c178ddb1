package io.atlas.ledger;

/** The ledger could not do what it was asked. */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What could not be done, in the grammar of all messages. */
    public LedgerException(String message) {
        super(message);
    }

    /** What could not be done, and why. */
    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
