/** The nodes that share something: what each says of itself, and whether all are of one configuration. */
@NullMarked
package io.atlas.nodes;

import org.jspecify.annotations.NullMarked;
