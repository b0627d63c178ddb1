/** How many tokens a text is, counted. */
@NullMarked
package io.atlas.tokenizer;

import org.jspecify.annotations.NullMarked;
