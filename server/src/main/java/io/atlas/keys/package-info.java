/** Keys that are issued while the gateway runs: their form, and the life of each from its issue to its end. */
@NullMarked
package io.atlas.keys;

import org.jspecify.annotations.NullMarked;
