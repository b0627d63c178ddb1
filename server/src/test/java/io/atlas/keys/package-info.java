/** Tests of the life of issued keys. */
@NullMarked
package io.atlas.keys;

import org.jspecify.annotations.NullMarked;
