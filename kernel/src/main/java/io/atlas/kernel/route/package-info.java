/** Which of a model's deployments serves the next request. */
@NullMarked
package io.atlas.kernel.route;

import org.jspecify.annotations.NullMarked;
