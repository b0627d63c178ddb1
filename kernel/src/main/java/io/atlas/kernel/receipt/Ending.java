package io.atlas.kernel.receipt;

/** How far a request had come when it ended, which is what decides what is charged. */
public enum Ending {
    /** Refused, or given up before it was sent. */
    NEVER_SENT,
    /** The backend answered with an error. */
    BACKEND_ERROR,
    /** The whole answer was relayed. */
    SERVED,
    /** Broken off by the caller, the backend or a deadline, before the first byte of the answer. */
    BROKEN_BEFORE_FIRST_BYTE,
    /** Broken off after it. */
    BROKEN_AFTER_FIRST_BYTE,
    /** The process died before the request was sent. */
    DIED_UNSENT,
    /** The process died after the request was sent. */
    DIED_SENT
}
