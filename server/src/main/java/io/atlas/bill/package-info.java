/** What a tenant is asked to pay for a period: lines that sum to what the ledger has, and the forms they are given in. */
@NullMarked
package io.atlas.bill;

import org.jspecify.annotations.NullMarked;
