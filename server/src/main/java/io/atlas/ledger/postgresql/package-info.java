/** What all nodes share in PostgreSQL: their lines, gathered from the file of each, and the issued keys. */
@NullMarked
package io.atlas.ledger.postgresql;

import org.jspecify.annotations.NullMarked;
