package io.atlas.upstream.sim;

/** A body that was read: a request, or what is wrong with it. */
sealed interface Parsed permits ChatRequest, Fault {}
