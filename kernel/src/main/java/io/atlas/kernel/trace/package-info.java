/** Where a request stands in a trace that spans more than this gateway. */
@NullMarked
package io.atlas.kernel.trace;

import org.jspecify.annotations.NullMarked;
