/** The quota kernel: limits, what counts against them, and the reservation that must fit them all at once. */
@NullMarked
package io.atlas.kernel.quota;

import org.jspecify.annotations.NullMarked;
