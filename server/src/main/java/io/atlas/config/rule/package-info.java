/** Rules over a whole configuration: what may not change while it runs, and what is written in vain. */
@NullMarked
package io.atlas.config.rule;

import org.jspecify.annotations.NullMarked;
