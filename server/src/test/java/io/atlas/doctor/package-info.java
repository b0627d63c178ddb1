@NullMarked
package io.atlas.doctor;

import org.jspecify.annotations.NullMarked;
