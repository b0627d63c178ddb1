/** What the tests of all ledgers share. */
@NullMarked
package io.atlas.ledger;

import org.jspecify.annotations.NullMarked;
