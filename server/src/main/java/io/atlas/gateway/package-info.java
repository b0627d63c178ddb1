/** The way of a request: one exchange, one class for each of its stages. */
@NullMarked
package io.atlas.gateway;

import org.jspecify.annotations.NullMarked;
