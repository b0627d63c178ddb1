/** The commands of ./atlas. */
@NullMarked
package io.atlas.cli;

import org.jspecify.annotations.NullMarked;
