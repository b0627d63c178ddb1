package io.atlas.observation;

/** Who is to watch a gateway. */
public enum Observer {
    /** Nobody. */
    NOBODY,
    /** A Prometheus, where this machine has one. */
    PROMETHEUS
}
