/** The commands that ask the admin listener of a running gateway. */
@NullMarked
package io.atlas.operator;

import org.jspecify.annotations.NullMarked;
