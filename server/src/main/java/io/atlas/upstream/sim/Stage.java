package io.atlas.upstream.sim;

import io.atlas.config.Simulation;
import io.atlas.time.TimeSource;
import io.vertx.core.Vertx;

/** What all visits of one server share. */
record Stage(Vertx vertx, TimeSource time, Simulation simulation, Slots slots) {}
