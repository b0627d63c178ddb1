/** Tests. */
@NullMarked
package io.atlas.upstream;

import org.jspecify.annotations.NullMarked;
