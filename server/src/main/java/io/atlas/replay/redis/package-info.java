/** What nodes tell each other of requests that come again, through the Redis that they share. */
@NullMarked
package io.atlas.replay.redis;

import org.jspecify.annotations.NullMarked;
