package io.atlas.store;

/**
 * How the server is.
 *
 * @param unfit why it is not fit to keep counters; empty where it is
 * @param clockMicros its clock
 */
public record Health(String version, String unfit, long clockMicros) {}
