package io.atlas.ledger;

import java.util.List;
import java.util.Optional;

/** Sums of what was used: a row for each group, and all of them together. */
public record UsageReport(UsageQuery query, List<Row> rows, Sums total) {
    public UsageReport {
        rows = List.copyOf(rows);
    }

    /** One group: a value for each dimension asked, absent where a request had none. */
    public record Row(List<Optional<String>> group, Sums sums) {
        public Row {
            group = List.copyOf(group);
        }
    }

    /**
     * The sums of one group.
     *
     * @param requests that reached a backend
     * @param chargedRequests that count on limits
     * @param refused that reached none
     */
    public record Sums(
            long requests,
            long chargedRequests,
            long refused,
            long inputTokens,
            long cachedInputTokens,
            long outputTokens,
            long reasoningTokens,
            long costNanoUsd) {}
}
