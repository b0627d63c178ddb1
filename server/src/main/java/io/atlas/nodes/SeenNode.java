package io.atlas.nodes;

import java.time.Duration;

/** What a node last said of itself, and how long ago, by the clock of the place where it said so. */
public record SeenNode(Sign sign, Duration silence) {}
