/** The order of all nodes, in the Redis that they share. */
@NullMarked
package io.atlas.order.redis;

import org.jspecify.annotations.NullMarked;
