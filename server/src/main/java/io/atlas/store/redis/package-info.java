/** The counters of all nodes, in a Redis that they share. */
@NullMarked
package io.atlas.store.redis;

import org.jspecify.annotations.NullMarked;
