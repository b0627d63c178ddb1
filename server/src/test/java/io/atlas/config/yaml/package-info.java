/** Tests of the reader of atlas.yaml. */
@NullMarked
package io.atlas.config.yaml;

import org.jspecify.annotations.NullMarked;
