/** From the bytes of a request to what is held for it: who asks, for what, how large, within which limits. */
@NullMarked
package io.atlas.admission;

import org.jspecify.annotations.NullMarked;
