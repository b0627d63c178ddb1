/** The table of open requests, which outlives the process. */
@NullMarked
package io.atlas.ledger.open;

import org.jspecify.annotations.NullMarked;
