/** Tests of the listeners. */
@NullMarked
package io.atlas.http;

import org.jspecify.annotations.NullMarked;
