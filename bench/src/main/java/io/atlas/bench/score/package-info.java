/** The figures of proxies that take turns, and the table of them. */
@NullMarked
package io.atlas.bench.score;

import org.jspecify.annotations.NullMarked;
