/** Tests. */
@NullMarked
package io.atlas.answer;

import org.jspecify.annotations.NullMarked;
