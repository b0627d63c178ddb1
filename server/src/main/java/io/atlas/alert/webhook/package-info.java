/** The way of an alert to its receiver: signed, in time, and again until it is taken. */
@NullMarked
package io.atlas.alert.webhook;

import org.jspecify.annotations.NullMarked;
