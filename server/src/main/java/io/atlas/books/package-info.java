/** Counters and ledger in step, whatever limits come and go. */
@NullMarked
package io.atlas.books;

import org.jspecify.annotations.NullMarked;
