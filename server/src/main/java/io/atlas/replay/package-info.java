/** Requests that come again: by what they are known, what was answered, and how often they came. */
@NullMarked
package io.atlas.replay;

import org.jspecify.annotations.NullMarked;
