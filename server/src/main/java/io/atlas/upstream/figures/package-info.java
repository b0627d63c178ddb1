/** The figures that model servers give of themselves, by the names of each kind and of its versions. */
@NullMarked
package io.atlas.upstream.figures;

import org.jspecify.annotations.NullMarked;
