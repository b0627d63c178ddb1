/** What callers may be served by: models, where each is deployed, and the backends that run them. */
@NullMarked
package io.atlas.model;

import org.jspecify.annotations.NullMarked;
