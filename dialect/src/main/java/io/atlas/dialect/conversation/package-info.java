/** The turns of a conversation, of which the oldest can be left out. */
@NullMarked
package io.atlas.dialect.conversation;

import org.jspecify.annotations.NullMarked;
