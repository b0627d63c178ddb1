/** What is told of each request beside its metrics, where it is asked for: traces, and the access log. */
@NullMarked
package io.atlas.report;

import org.jspecify.annotations.NullMarked;
