package io.atlas.ledger.sqlite;

import io.atlas.kernel.receipt.Reach;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.UsageReport.Sums;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The sums of one batch by quarter of an hour, caller and terms, to be added to those in the file. */
final class Rollup implements AutoCloseable {
    private static final String ADD = """
            INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
              requests = requests + excluded.requests,
              charged_requests = charged_requests + excluded.charged_requests,
              refused = refused + excluded.refused,
              input_tokens = input_tokens + excluded.input_tokens,
              cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens,
              output_tokens = output_tokens + excluded.output_tokens,
              reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
              cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,
              replayed = replayed + excluded.replayed,
              provider_cost_nano_usd = provider_cost_nano_usd + excluded.provider_cost_nano_usd,
              credits = credits + excluded.credits
            """;

    private final QuarterSums<Sums> sums;

    Rollup(Connection connection) throws SQLException {
        sums = new QuarterSums<>(connection, ADD, Sums::plus, Rollup::set);
    }

    void count(Receipt receipt, long caller, long terms) {
        sums.count(receipt.atMicros(), caller, terms, sums(receipt));
    }

    /** Adds what was counted since the last time. */
    void write() throws SQLException {
        sums.write();
    }

    /** Forgets what was counted: its transaction was rolled back. */
    void forget() throws SQLException {
        sums.forget();
    }

    private static void set(PreparedStatement row, Sums sums) throws SQLException {
        row.setLong(QuarterSums.FIRST, sums.requests());
        row.setLong(QuarterSums.FIRST + 1, sums.chargedRequests());
        row.setLong(QuarterSums.FIRST + 2, sums.refused());
        row.setLong(QuarterSums.FIRST + 3, sums.inputTokens());
        row.setLong(QuarterSums.FIRST + 4, sums.cachedInputTokens());
        row.setLong(QuarterSums.FIRST + 5, sums.outputTokens());
        row.setLong(QuarterSums.FIRST + 6, sums.reasoningTokens());
        row.setLong(QuarterSums.FIRST + 7, sums.costNanoUsd());
        row.setLong(QuarterSums.FIRST + 8, sums.replayed());
        row.setLong(QuarterSums.FIRST + 9, sums.providerCostNanoUsd());
        row.setLong(QuarterSums.FIRST + 10, sums.credits());
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
                receipt.providerCostNanoUsd(),
                receipt.credits());
    }

    @Override
    public void close() throws SQLException {
        sums.close();
    }
}
