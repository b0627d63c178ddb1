package io.atlas.telemetry;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was counted since the start, in sum over all tenants, tiers and models.
 *
 * @param requests by how they ended
 * @param refused those of them that were refused, by reason
 * @param inputTokens charged
 * @param outputTokens charged
 */
public record Totals(
        SortedMap<String, Long> requests, SortedMap<String, Long> refused, long inputTokens, long outputTokens) {
    public Totals {
        requests = Collections.unmodifiableSortedMap(new TreeMap<>(requests));
        refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
    }
}
