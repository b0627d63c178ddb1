/** Raw bytes on Atlas' sockets, from both sides. */
@NullMarked
package io.atlas.wire;

import org.jspecify.annotations.NullMarked;
