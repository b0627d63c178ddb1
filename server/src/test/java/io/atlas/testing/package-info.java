/**
 * What tests of the whole gateway stand on. Nothing here imports the product: what counts for itself can contradict it.
 */
@NullMarked
package io.atlas.testing;

import org.jspecify.annotations.NullMarked;
