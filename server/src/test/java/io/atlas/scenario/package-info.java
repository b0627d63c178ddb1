/** Tests of the traffic to look at. */
@NullMarked
package io.atlas.scenario;

import org.jspecify.annotations.NullMarked;
