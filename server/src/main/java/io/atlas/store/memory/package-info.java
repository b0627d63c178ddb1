/** The counters of one node, in its memory. */
@NullMarked
package io.atlas.store.memory;

import org.jspecify.annotations.NullMarked;
