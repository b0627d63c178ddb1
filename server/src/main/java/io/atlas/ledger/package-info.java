/** The ledger: one durable line for each request, from which every counter can be built again. */
@NullMarked
package io.atlas.ledger;

import org.jspecify.annotations.NullMarked;
