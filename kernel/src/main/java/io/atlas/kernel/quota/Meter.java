package io.atlas.kernel.quota;

/** A limit and the counter that stands for it. */
public record Meter(Limit limit, Counter counter) {}
