/** The port to the counters of all limits. */
@NullMarked
package io.atlas.store;

import org.jspecify.annotations.NullMarked;
