/** Sums over the ledger's lines, and the rows of issued keys, in the SQL that every database of them speaks. */
@NullMarked
package io.atlas.ledger.sql;

import org.jspecify.annotations.NullMarked;
