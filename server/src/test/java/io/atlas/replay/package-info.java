@NullMarked
package io.atlas.replay;

import org.jspecify.annotations.NullMarked;
