/** YAML in which everything has its place: from bytes to typed fields, and every error by line and column. */
@NullMarked
package io.atlas.yaml;

import org.jspecify.annotations.NullMarked;
