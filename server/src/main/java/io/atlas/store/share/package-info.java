/** What a node gives out by itself while the counters that all nodes share are away. */
@NullMarked
package io.atlas.store.share;

import org.jspecify.annotations.NullMarked;
