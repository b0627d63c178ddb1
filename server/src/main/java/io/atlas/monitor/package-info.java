/** The commands that show what goes on as it happens. */
@NullMarked
package io.atlas.monitor;

import org.jspecify.annotations.NullMarked;
