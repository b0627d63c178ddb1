/** The people behind a key that speaks for many: by what name they are kept, and how many there are. */
@NullMarked
package io.atlas.enduser;

import org.jspecify.annotations.NullMarked;
