/** What all dialects share. */
@NullMarked
package io.atlas.dialect.neutral;

import org.jspecify.annotations.NullMarked;
