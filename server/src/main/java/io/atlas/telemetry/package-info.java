/** What happened, as metrics: told by everyone, asked by nobody inside. */
@NullMarked
package io.atlas.telemetry;

import org.jspecify.annotations.NullMarked;
