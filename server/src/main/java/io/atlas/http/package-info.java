/** Listeners and routes. */
@NullMarked
package io.atlas.http;

import org.jspecify.annotations.NullMarked;
