/** The load: a mock upstream, and a generator that knows to the byte what has to come back from it. */
@NullMarked
package io.atlas.bench.load;

import org.jspecify.annotations.NullMarked;
