package io.atlas.order;

import io.atlas.time.TimeSource;
import java.util.function.IntSupplier;

/**
 * The nodes that this one shares its backends with.
 *
 * @param node the name of this one
 * @param nodes how many there are, as far as this one has seen, itself among them
 * @param board where they meet
 */
public record Company(String node, IntSupplier nodes, Board board, TimeSource time) {}
