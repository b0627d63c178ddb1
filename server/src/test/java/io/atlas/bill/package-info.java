@NullMarked
package io.atlas.bill;

import org.jspecify.annotations.NullMarked;
