/** The only callers of the clocks and of randomness. */
@NullMarked
package io.atlas.time;

import org.jspecify.annotations.NullMarked;
