/** Tests of who watches a gateway. */
@NullMarked
package io.atlas.observation;

import org.jspecify.annotations.NullMarked;
