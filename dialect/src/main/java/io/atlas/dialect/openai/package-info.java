/** OpenAI's API. */
@NullMarked
package io.atlas.dialect.openai;

import org.jspecify.annotations.NullMarked;
