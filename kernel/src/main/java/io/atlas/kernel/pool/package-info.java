/** What a provider says of its own quotas, and what that leaves for the next request. */
@NullMarked
package io.atlas.kernel.pool;

import org.jspecify.annotations.NullMarked;
