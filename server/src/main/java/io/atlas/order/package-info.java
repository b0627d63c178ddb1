/** The one order of all nodes before the backends that they share: who carries their words. */
@NullMarked
package io.atlas.order;

import org.jspecify.annotations.NullMarked;
