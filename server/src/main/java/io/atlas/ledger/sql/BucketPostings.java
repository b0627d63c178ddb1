package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.Posting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What has not leaked from the buckets of limits over short periods. The file is read once: the last hour by the
 * request, what is older by the quarter of an hour.
 */
final class BucketPostings {
    private static final long SINGLE_MICROS = 3_600_000_000L;

    private static final String QUARTERS = """
            SELECT caller, terms, charged_requests, input_tokens, output_tokens, cost_nano_usd, credits, start_micros
              FROM rollup WHERE start_micros >= ? AND start_micros < ? AND charged_requests > 0 ORDER BY start_micros
            """;
    private static final String REQUESTS = """
            SELECT caller, terms, charged, input_tokens, output_tokens, cost_nano_usd, credits, at_micros
              FROM entry WHERE at_micros >= ? AND at_micros < ? AND charged = 1 ORDER BY at_micros
            """;

    /** What a charge does to one bucket. */
    private interface Charging {
        void charge(BucketReplay bucket, long amount, long atMicros);
    }

    private final Connection connection;
    private final LimitsByPlace<BucketReplay> buckets;

    private BucketPostings(Connection connection, LimitsByPlace<BucketReplay> buckets) {
        this.connection = connection;
        this.buckets = buckets;
    }

    static List<Posting> of(Connection connection, Names names, List<Limit> limits, long nowMicros)
            throws SQLException {
        List<BucketReplay> buckets = limits.stream()
                .filter(limit -> limit.spec().leaks())
                .map(limit -> new BucketReplay(limit, nowMicros))
                .toList();
        long from = buckets.stream().mapToLong(BucketReplay::fromMicros).min().orElse(nowMicros);
        new BucketPostings(connection, new LimitsByPlace<>(buckets, BucketReplay::limit, names))
                .replay(from, nowMicros);
        return buckets.stream()
                .map(bucket -> bucket.posting(nowMicros))
                .flatMap(Optional::stream)
                .toList();
    }

    private void replay(long fromMicros, long nowMicros) throws SQLException {
        long single = Span.quarterOf(nowMicros - SINGLE_MICROS);
        charge(
                QUARTERS,
                Span.quarterOf(Math.min(fromMicros, single)),
                single,
                (bucket, amount, start) -> bucket.chargeTogether(amount, start + Span.QUARTER_MICROS));
        charge(
                REQUESTS,
                Math.max(fromMicros, single),
                Long.MAX_VALUE,
                (bucket, amount, at) -> bucket.charge(amount, Math.min(at, nowMicros)));
    }

    private void charge(String sql, long fromMicros, long toMicros, Charging charging) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, fromMicros);
            statement.setLong(2, toMicros);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Spent spent = Spent.read(row, 3);
                    long at = row.getLong(8);
                    buckets.forEach(
                            row.getLong(1),
                            row.getLong(2),
                            bucket -> charging.charge(
                                    bucket, spent.of(bucket.limit().spec().kind()), at));
                }
            }
        }
    }
}
