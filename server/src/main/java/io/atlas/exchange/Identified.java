package io.atlas.exchange;

import io.atlas.config.Principal;
import io.atlas.config.Snapshot;

/** A caller, and the configuration in which it was found; the request keeps that one to its end. */
public record Identified(Snapshot snapshot, Principal principal) {}
