/** What the commands share: the terminal around them, the admin listener, the forms of data, the exit codes. */
@NullMarked
package io.atlas.terminal;

import org.jspecify.annotations.NullMarked;
