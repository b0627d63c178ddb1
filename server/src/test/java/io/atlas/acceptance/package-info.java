/** Tests of the whole gateway by what its users see: HTTP in, HTTP out, and a backend that keeps its own account. */
@NullMarked
package io.atlas.acceptance;

import org.jspecify.annotations.NullMarked;
