/** The closed list of reasons for which a request is not served. */
@NullMarked
package io.atlas.kernel.reason;

import org.jspecify.annotations.NullMarked;
