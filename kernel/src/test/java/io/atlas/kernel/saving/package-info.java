/** Tenants with budget left, beside others whose budget runs out, before slots that all of them share. */
@NullMarked
package io.atlas.kernel.saving;

import org.jspecify.annotations.NullMarked;
