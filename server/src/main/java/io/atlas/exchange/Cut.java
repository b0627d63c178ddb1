package io.atlas.exchange;

/** Who ends a request before it comes to its own end. */
public enum Cut {
    /** The caller's connection is gone. */
    CALLER_LEFT,
    /** This process stops, and has waited for the request as long as it waits. */
    GATEWAY_STOPS
}
