/** The leases of one node: who waits for one, and what is said of each. */
@NullMarked
package io.atlas.store.lease;

import org.jspecify.annotations.NullMarked;
