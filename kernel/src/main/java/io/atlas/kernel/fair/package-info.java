/** Who is next, where more ask than a backend can serve at once: shares of tokens by weight, within bands of priority. */
@NullMarked
package io.atlas.kernel.fair;

import org.jspecify.annotations.NullMarked;
