/** Tests of the table of open requests. */
@NullMarked
package io.atlas.ledger.open;

import org.jspecify.annotations.NullMarked;
