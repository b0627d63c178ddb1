/** A Redis as its servers: one, the one that Sentinels name, or the masters of a cluster. */
@NullMarked
package io.atlas.redis;

import org.jspecify.annotations.NullMarked;
