@NullMarked
package io.atlas.delivery;

import org.jspecify.annotations.NullMarked;
