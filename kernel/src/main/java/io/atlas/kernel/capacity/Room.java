package io.atlas.kernel.capacity;

import java.util.OptionalLong;

/**
 * How much of one thing is in use at a backend.
 *
 * @param most how much of it may be; empty where nothing is known, so that nobody is held back by it
 */
public record Room(Scarce of, long used, OptionalLong most) {}
