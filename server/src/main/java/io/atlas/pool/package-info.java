/** Upstream quotas: what deployments draw on together, and what this node knows of each. */
@NullMarked
package io.atlas.pool;

import org.jspecify.annotations.NullMarked;
