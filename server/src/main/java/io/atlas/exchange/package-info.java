/** What the stages of a request hand on to each other, and what they share. */
@NullMarked
package io.atlas.exchange;

import org.jspecify.annotations.NullMarked;
