/** What an operator is told of a node's surroundings before they hurt. */
@NullMarked
package io.atlas.doctor;

import org.jspecify.annotations.NullMarked;
