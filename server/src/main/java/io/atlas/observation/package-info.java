/** Who watches a gateway on the same machine: a Prometheus that lives as long as it does. */
@NullMarked
package io.atlas.observation;

import org.jspecify.annotations.NullMarked;
