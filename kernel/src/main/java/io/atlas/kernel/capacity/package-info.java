/** How much one backend can take at once, and what is learned of it from its answers and its own figures. */
@NullMarked
package io.atlas.kernel.capacity;

import org.jspecify.annotations.NullMarked;
