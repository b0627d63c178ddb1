@NullMarked
package io.atlas.replay.redis;

import org.jspecify.annotations.NullMarked;
