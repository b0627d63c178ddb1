/** Leases: what one node holds in advance of a limit that many share, and gives out by itself. */
@NullMarked
package io.atlas.kernel.lease;

import org.jspecify.annotations.NullMarked;
