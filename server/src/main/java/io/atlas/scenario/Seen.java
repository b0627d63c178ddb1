package io.atlas.scenario;

import java.util.Map;

/**
 * What a client has seen so far.
 *
 * @param unsent what was due while the client had as much open as it may: not asked
 * @param refused how many, by reason
 * @param firstToken from the moment at which a request was due to its first token; of the served
 * @param total from that moment to the end of the answer; of the served
 */
public record Seen(
        long asked, long served, long broken, long unsent, Map<String, Long> refused, Times firstToken, Times total) {
    public Seen {
        refused = Map.copyOf(refused);
    }

    /** The median and the 95th percentile, in nanoseconds; 0 where nothing was served. */
    public record Times(long p50Nanos, long p95Nanos) {}

    /** How many were refused for whatever reason. */
    public long refusals() {
        return refused.values().stream().mapToLong(Long::longValue).sum();
    }
}
