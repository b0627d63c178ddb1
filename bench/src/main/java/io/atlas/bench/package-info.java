/** The bench: Atlas and a plain proxy under the same load on one machine, and the micro benchmarks. */
@NullMarked
package io.atlas.bench;

import org.jspecify.annotations.NullMarked;
