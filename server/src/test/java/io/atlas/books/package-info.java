@NullMarked
package io.atlas.books;

import org.jspecify.annotations.NullMarked;
