/** The rules of the house, kept by tests. */
@NullMarked
package io.atlas;

import org.jspecify.annotations.NullMarked;
