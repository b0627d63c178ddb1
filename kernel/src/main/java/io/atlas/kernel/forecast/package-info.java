/** How fast budgets are spent, and when they will be gone at that pace. */
@NullMarked
package io.atlas.kernel.forecast;

import org.jspecify.annotations.NullMarked;
