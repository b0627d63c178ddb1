/** From what is held to the end of the answer: which backend, when, and every byte that comes back. */
@NullMarked
package io.atlas.delivery;

import org.jspecify.annotations.NullMarked;
