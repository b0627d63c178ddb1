package io.atlas.ledger.sqlite;

import io.atlas.kernel.receipt.Reach;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.UsageReport.Sums;
import io.atlas.ledger.sql.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The sums of one batch by quarter of an hour, caller and terms, to be added to those in the file. */
final class Rollup implements AutoCloseable {
    private record Group(long startMicros, long caller, long terms) {}

    private final Map<Group, Sums> groups = new HashMap<>();
    private final PreparedStatement add;

    Rollup(Connection connection) throws SQLException {
        add = connection.prepareStatement("""
                INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                  requests = requests + excluded.requests,
                  charged_requests = charged_requests + excluded.charged_requests,
                  refused = refused + excluded.refused,
                  input_tokens = input_tokens + excluded.input_tokens,
                  cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens,
                  output_tokens = output_tokens + excluded.output_tokens,
                  reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
                  cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,
                  replayed = replayed + excluded.replayed,
                  provider_cost_nano_usd = provider_cost_nano_usd + excluded.provider_cost_nano_usd
                """);
    }

    void count(Receipt receipt, long caller, long terms) {
        groups.merge(new Group(Span.quarterOf(receipt.atMicros()), caller, terms), sums(receipt), Sums::plus);
    }

    /** Adds what was counted since the last time. */
    void write() throws SQLException {
        for (Map.Entry<Group, Sums> entry : groups.entrySet()) {
            Group group = entry.getKey();
            Sums sums = entry.getValue();
            add.setLong(1, group.startMicros);
            add.setLong(2, group.caller);
            add.setLong(3, group.terms);
            add.setLong(4, sums.requests());
            add.setLong(5, sums.chargedRequests());
            add.setLong(6, sums.refused());
            add.setLong(7, sums.inputTokens());
            add.setLong(8, sums.cachedInputTokens());
            add.setLong(9, sums.outputTokens());
            add.setLong(10, sums.reasoningTokens());
            add.setLong(11, sums.costNanoUsd());
            add.setLong(12, sums.replayed());
            add.setLong(13, sums.providerCostNanoUsd());
            add.addBatch();
        }
        add.executeBatch();
        groups.clear();
    }

    /** Forgets what was counted: its transaction was rolled back. */
    void forget() throws SQLException {
        groups.clear();
        add.clearBatch();
    }

    private static Sums sums(Receipt receipt) {
        Usage usage = receipt.charge().usage();
        Reach reach = receipt.reach();
        return new Sums(
                reach == Reach.BACKEND ? 1 : 0,
                receipt.charge().charged() ? 1 : 0,
                reach == Reach.NOWHERE ? 1 : 0,
                reach == Reach.ANSWER_OF_ANOTHER ? 1 : 0,
                usage.inputTokens(),
                usage.cachedInputTokens(),
                usage.outputTokens(),
                usage.reasoningTokens(),
                receipt.costNanoUsd(),
                receipt.providerCostNanoUsd());
    }

    @Override
    public void close() throws SQLException {
        add.close();
    }
}
