/** What operators ask: usage, decisions, levels. */
@NullMarked
package io.atlas.admin;

import org.jspecify.annotations.NullMarked;
