/** Every way a request can end, and what is charged for it, held against an upstream that keeps its own account. */
@NullMarked
package io.atlas.endings;

import org.jspecify.annotations.NullMarked;
