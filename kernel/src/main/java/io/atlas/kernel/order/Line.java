package io.atlas.kernel.order;

/**
 * Those of one tenant who wait with one priority, at whichever nodes they do.
 *
 * @param priority the band; higher is served first
 */
public record Line(int priority, String tenant) {}
