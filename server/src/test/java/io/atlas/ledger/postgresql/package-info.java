@NullMarked
package io.atlas.ledger.postgresql;

import org.jspecify.annotations.NullMarked;
