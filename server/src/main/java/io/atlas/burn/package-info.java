/** How fast budgets are spent, as this node sees it. */
@NullMarked
package io.atlas.burn;

import org.jspecify.annotations.NullMarked;
