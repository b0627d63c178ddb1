/** Rates that change while they are in force: by the hour of the week, and by the load. */
@NullMarked
package io.atlas.kernel.elasticity;

import org.jspecify.annotations.NullMarked;
