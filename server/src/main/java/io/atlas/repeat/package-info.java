/** A request that comes again: it joins the one on its way, gets the answer once more, or has to wait. */
@NullMarked
package io.atlas.repeat;

import org.jspecify.annotations.NullMarked;
