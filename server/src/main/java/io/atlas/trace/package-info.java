/** Traces: which one a request is a part of, and its spans, made of its receipt and sent by OTLP. */
@NullMarked
package io.atlas.trace;

import org.jspecify.annotations.NullMarked;
