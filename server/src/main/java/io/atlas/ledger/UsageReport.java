package io.atlas.ledger;

import java.util.List;
import java.util.Optional;

/**
 * Sums of what was used.
 *
 * @param rows one for each group, in the order of their values, at most {@link #MAX_ROWS}
 * @param total of all groups, those beyond the last row too
 */
public record UsageReport(UsageQuery query, List<Row> rows, Sums total) {
    /** The most rows that one report has. */
    public static final int MAX_ROWS = 10_000;

    public UsageReport {
        rows = List.copyOf(rows);
    }

    /**
     * One group: a value for each dimension asked, absent where a request had none. A day is written
     * {@code 2026-11-20}, an hour {@code 2026-11-20T13:00:00Z}.
     */
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
     * @param refused that reached none, and got no answer of another request either
     * @param replayed that got the answer of another request
     * @param costNanoUsd what tenants are charged
     * @param providerCostNanoUsd what the same tokens cost us; 0 for lines of versions that did not know it
     * @param credits what was charged, weighed by the reference of each moment; 0 for lines of times without one
     */
    public record Sums(
            long requests,
            long chargedRequests,
            long refused,
            long replayed,
            long inputTokens,
            long cachedInputTokens,
            long outputTokens,
            long reasoningTokens,
            long costNanoUsd,
            long providerCostNanoUsd,
            long credits) {
        /** Of no request. */
        public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        /** What is left of the one when the other is paid; negative where tokens were sold below what they cost. */
        public long marginNanoUsd() {
            return Math.subtractExact(costNanoUsd, providerCostNanoUsd);
        }

        /** Of both. */
        public Sums plus(Sums other) {
            return new Sums(
                    Math.addExact(requests, other.requests),
                    Math.addExact(chargedRequests, other.chargedRequests),
                    Math.addExact(refused, other.refused),
                    Math.addExact(replayed, other.replayed),
                    Math.addExact(inputTokens, other.inputTokens),
                    Math.addExact(cachedInputTokens, other.cachedInputTokens),
                    Math.addExact(outputTokens, other.outputTokens),
                    Math.addExact(reasoningTokens, other.reasoningTokens),
                    Math.addExact(costNanoUsd, other.costNanoUsd),
                    Math.addExact(providerCostNanoUsd, other.providerCostNanoUsd),
                    Math.addExact(credits, other.credits));
        }
    }
}
