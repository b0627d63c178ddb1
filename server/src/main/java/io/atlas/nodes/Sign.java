package io.atlas.nodes;

/**
 * What a node says of itself.
 *
 * @param node its name, which it keeps
 * @param host where it runs and takes callers' requests, for people
 * @param version of Atlas
 * @param configuration the version of the configuration in force
 * @param configurationSinceMicros since when it is in force, by the node's clock
 * @param startedMicros when the node started, by its clock
 * @param lagRecords lines on its disk that are not in the database of all nodes
 */
public record Sign(
        String node,
        String host,
        String version,
        String configuration,
        long configurationSinceMicros,
        long startedMicros,
        long lagRecords) {}
