@NullMarked
package io.atlas.nodes;

import org.jspecify.annotations.NullMarked;
