/** What receivers of alerts get, from a real ledger and over real HTTP. */
@NullMarked
package io.atlas.alert.webhook;

import org.jspecify.annotations.NullMarked;
