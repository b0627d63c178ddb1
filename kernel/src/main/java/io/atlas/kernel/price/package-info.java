/** What tokens cost: a price per token, and one rounding per request. */
@NullMarked
package io.atlas.kernel.price;

import org.jspecify.annotations.NullMarked;
