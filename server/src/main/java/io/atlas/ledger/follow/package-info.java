/** Decisions as they are recorded, for who follows them: each once, whatever comes in between. */
@NullMarked
package io.atlas.ledger.follow;

import org.jspecify.annotations.NullMarked;
