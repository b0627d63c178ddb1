/** What the quota stores cost alone, without a gateway around them. */
@NullMarked
package io.atlas.bench.store;

import org.jspecify.annotations.NullMarked;
