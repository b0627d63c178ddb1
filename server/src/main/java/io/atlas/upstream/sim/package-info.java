/** A simulated model server: deterministic by seed, with the faults of a real one. */
@NullMarked
package io.atlas.upstream.sim;

import org.jspecify.annotations.NullMarked;
