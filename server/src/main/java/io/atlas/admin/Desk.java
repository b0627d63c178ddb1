package io.atlas.admin;

/** All that operators can ask. */
public record Desk(Resources resources, KeyResources keys, NodeResources nodes) {}
