/** Networks that fail, for tests of what is at their other end. */
@NullMarked
package io.atlas.fault;

import org.jspecify.annotations.NullMarked;
