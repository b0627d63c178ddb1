/** What it costs to foresee. */
@NullMarked
package io.atlas.bench.budget;

import org.jspecify.annotations.NullMarked;
