/** From the bytes of atlas.yaml to a configuration, or to every error in it with its place. */
@NullMarked
package io.atlas.config.yaml;

import org.jspecify.annotations.NullMarked;
