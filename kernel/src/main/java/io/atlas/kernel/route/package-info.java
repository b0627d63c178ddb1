/** What serves a request: which model where a budget runs low, and which of its deployments. */
@NullMarked
package io.atlas.kernel.route;

import org.jspecify.annotations.NullMarked;
