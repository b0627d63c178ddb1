/** Sums over the ledger's lines, in the SQL that every database of it speaks. */
@NullMarked
package io.atlas.ledger.sql;

import org.jspecify.annotations.NullMarked;
