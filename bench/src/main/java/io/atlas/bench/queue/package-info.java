/** What the fair queue costs alone, without a gateway around it. */
@NullMarked
package io.atlas.bench.queue;

import org.jspecify.annotations.NullMarked;
