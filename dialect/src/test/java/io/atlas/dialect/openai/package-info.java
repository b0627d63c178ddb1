/** Tests of the dialect. */
@NullMarked
package io.atlas.dialect.openai;

import org.jspecify.annotations.NullMarked;
