/** The ledger of all nodes, gathered in PostgreSQL from the file of each. */
@NullMarked
package io.atlas.ledger.postgresql;

import org.jspecify.annotations.NullMarked;
