/** Who pays: an organisation, its teams, users and keys, and the tier that says what they may have. */
@NullMarked
package io.atlas.kernel.tenant;

import org.jspecify.annotations.NullMarked;
