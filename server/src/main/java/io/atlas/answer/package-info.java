/** What a caller is told of limits: headers, refusals and the way out. */
@NullMarked
package io.atlas.answer;

import org.jspecify.annotations.NullMarked;
