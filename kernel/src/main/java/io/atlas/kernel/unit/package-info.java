/** Amounts, periods and windows: the words every other room counts in. */
@NullMarked
package io.atlas.kernel.unit;

import org.jspecify.annotations.NullMarked;
