/** Which of a model's deployments serves the next request, and how often one is sent again. */
@NullMarked
package io.atlas.kernel.route;

import org.jspecify.annotations.NullMarked;
