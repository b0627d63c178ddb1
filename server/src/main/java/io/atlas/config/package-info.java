/** What the operator wrote, checked and resolved into one immutable snapshot. */
@NullMarked
package io.atlas.config;

import org.jspecify.annotations.NullMarked;
