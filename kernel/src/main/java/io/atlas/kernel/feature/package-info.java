/** What requests ask of a model beside plain text, and what its deployments can. */
@NullMarked
package io.atlas.kernel.feature;

import org.jspecify.annotations.NullMarked;
