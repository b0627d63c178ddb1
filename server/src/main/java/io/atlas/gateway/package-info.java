/** The way of a request: one exchange, through every stage, to its line in the ledger. */
@NullMarked
package io.atlas.gateway;

import org.jspecify.annotations.NullMarked;
