/** What must not be seen: secrets, and the digest by which one is known. */
@NullMarked
package io.atlas.secret;

import org.jspecify.annotations.NullMarked;
