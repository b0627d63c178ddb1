@NullMarked
package io.atlas.burn;

import org.jspecify.annotations.NullMarked;
