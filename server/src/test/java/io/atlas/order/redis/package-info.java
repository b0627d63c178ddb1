@NullMarked
package io.atlas.order.redis;

import org.jspecify.annotations.NullMarked;
