/** Alerts: at which marks of a budget who is told, and what became of each delivery. */
@NullMarked
package io.atlas.alert;

import org.jspecify.annotations.NullMarked;
