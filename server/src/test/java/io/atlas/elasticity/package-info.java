@NullMarked
package io.atlas.elasticity;

import org.jspecify.annotations.NullMarked;
