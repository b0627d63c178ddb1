/** Tests of the ledger on the local disk. */
@NullMarked
package io.atlas.ledger.sqlite;

import org.jspecify.annotations.NullMarked;
