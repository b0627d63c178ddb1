/** Who looks at the budgets, and says once what each mark that is reached means. */
@NullMarked
package io.atlas.alert.watch;

import org.jspecify.annotations.NullMarked;
