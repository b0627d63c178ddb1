/** Wiring and lifecycle: the only place that makes an adapter. */
@NullMarked
package io.atlas.app;

import org.jspecify.annotations.NullMarked;
