/** Traffic to look at: tenants' clients in this process, which ask the gateway by HTTP and measure what they get. */
@NullMarked
package io.atlas.scenario;

import org.jspecify.annotations.NullMarked;
