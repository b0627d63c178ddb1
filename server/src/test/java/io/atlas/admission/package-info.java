/** Tests of the admission. */
@NullMarked
package io.atlas.admission;

import org.jspecify.annotations.NullMarked;
