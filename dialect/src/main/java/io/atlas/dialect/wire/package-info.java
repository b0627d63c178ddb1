/** Incremental scanners over bytes: JSON that is checked strictly, and server-sent events. */
@NullMarked
package io.atlas.dialect.wire;

import org.jspecify.annotations.NullMarked;
