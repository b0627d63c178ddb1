/** What becomes of a request where budgets run low, said once more in numbers alone: it knows nothing of what it judges. */
@NullMarked
package io.atlas.kernel.oracle;

import org.jspecify.annotations.NullMarked;
