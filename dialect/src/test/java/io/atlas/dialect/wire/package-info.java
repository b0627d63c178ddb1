/** Tests of the scanners. */
@NullMarked
package io.atlas.dialect.wire;

import org.jspecify.annotations.NullMarked;
