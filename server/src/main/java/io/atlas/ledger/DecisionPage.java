package io.atlas.ledger;

import io.atlas.kernel.tenant.Caller;
import java.util.List;
import java.util.Optional;

/**
 * Decisions in short, the newest first.
 *
 * @param next where the page after this one begins; empty where this is the last
 */
public record DecisionPage(List<Row> rows, Optional<DecisionQuery.Mark> next) {
    public DecisionPage {
        rows = List.copyOf(rows);
    }

    /**
     * A decision in short.
     *
     * @param model that served, else that was asked for; empty where none is known
     * @param backend empty where none was reached
     * @param outcome with {@code reason}, in the words of the contract
     * @param refusedNanoUsd what it would have cost, had it not been refused
     */
    public record Row(
            String id,
            long atMicros,
            long durationMicros,
            Caller caller,
            Optional<String> model,
            Optional<String> backend,
            String outcome,
            Optional<String> reason,
            long inputTokens,
            long outputTokens,
            long costNanoUsd,
            long refusedNanoUsd) {}
}
