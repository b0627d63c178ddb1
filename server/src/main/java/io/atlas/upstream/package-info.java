/** The way to the backends: pooled clients, one adapter for each type. */
@NullMarked
package io.atlas.upstream;

import org.jspecify.annotations.NullMarked;
