/** The limits that change while they are in force: what each says now, by the hour and by the load that this node sees. */
@NullMarked
package io.atlas.elasticity;

import org.jspecify.annotations.NullMarked;
