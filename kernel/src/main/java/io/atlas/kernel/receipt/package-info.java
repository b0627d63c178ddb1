/** The one record of a finished request, from which ledger, metrics and explanations are made. */
@NullMarked
package io.atlas.kernel.receipt;

import org.jspecify.annotations.NullMarked;
