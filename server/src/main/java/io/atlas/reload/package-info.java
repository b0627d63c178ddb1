/** The configuration's file, followed while the gateway runs. */
@NullMarked
package io.atlas.reload;

import org.jspecify.annotations.NullMarked;
