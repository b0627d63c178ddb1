/** One order over all nodes before a backend that they share: who holds which of its places, and who of all that wait is next. */
@NullMarked
package io.atlas.kernel.order;

import org.jspecify.annotations.NullMarked;
