/** What serves a request: which model where a budget runs low, which of its deployments, and how often it is sent again. */
@NullMarked
package io.atlas.kernel.route;

import org.jspecify.annotations.NullMarked;
