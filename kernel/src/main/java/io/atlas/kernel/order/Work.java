package io.atlas.kernel.order;

/**
 * Work that a node has charged to a line since it last said so.
 *
 * @param weight the tenant's share within its band
 * @param cost how much; negative where more was given back
 */
public record Work(Line line, int weight, long cost) {}
