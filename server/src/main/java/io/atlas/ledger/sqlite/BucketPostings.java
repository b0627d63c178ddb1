package io.atlas.ledger.sqlite;

import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Posting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has not leaked from the buckets of limits over short periods. The file is read once: the last hour by the
 * request, what is older by the quarter of an hour.
 */
final class BucketPostings implements AutoCloseable {
    private static final long EACH_MICROS = 3_600_000_000L;

    private static final String QUARTERS = """
            SELECT account, start_micros, charged_requests, input_tokens, output_tokens, cost_nano_usd
              FROM rollup WHERE start_micros >= ? AND start_micros < ? AND charged_requests > 0 ORDER BY start_micros
            """;
    private static final String REQUESTS = """
            SELECT account, at_micros, charged, input_tokens, output_tokens, cost_nano_usd
              FROM entry WHERE at_micros >= ? AND at_micros < ? AND charged = 1 ORDER BY at_micros
            """;

    /** What a charge does to one bucket. */
    private interface Charging {
        void charge(BucketReplay bucket, long amount, long atMicros);
    }

    private final Connection connection;
    private final PreparedStatement account;
    private final LimitsByPlace<BucketReplay> byPlace;
    private final Map<Long, List<BucketReplay>> byAccount = new HashMap<>();

    private BucketPostings(Connection connection, LimitsByPlace<BucketReplay> byPlace) throws SQLException {
        this.connection = connection;
        this.account = connection.prepareStatement("SELECT " + Account.COLUMNS + " FROM account WHERE id = ?");
        this.byPlace = byPlace;
    }

    static List<Posting> of(Connection connection, List<Limit> limits, Map<String, String> classOfModel, long nowMicros)
            throws SQLException {
        List<BucketReplay> buckets = limits.stream()
                .filter(limit -> limit.spec().leaks())
                .map(limit -> new BucketReplay(limit, nowMicros))
                .toList();
        long from = buckets.stream().mapToLong(BucketReplay::fromMicros).min().orElse(nowMicros);
        long each = Quarter.floor(nowMicros - EACH_MICROS);
        LimitsByPlace<BucketReplay> byPlace = new LimitsByPlace<>(buckets, BucketReplay::limit, classOfModel);
        try (BucketPostings replay = new BucketPostings(connection, byPlace)) {
            replay.charge(
                    QUARTERS,
                    Quarter.floor(Math.min(from, each)),
                    each,
                    (bucket, amount, start) -> bucket.chargeTogether(amount, start + Quarter.MICROS));
            replay.charge(
                    REQUESTS,
                    Math.max(from, each),
                    Long.MAX_VALUE,
                    (bucket, amount, at) -> bucket.charge(amount, Math.min(at, nowMicros)));
        }
        return buckets.stream()
                .map(bucket -> bucket.posting(nowMicros))
                .flatMap(Optional::stream)
                .toList();
    }

    private void charge(String sql, long fromMicros, long toMicros, Charging charging) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, fromMicros);
            statement.setLong(2, toMicros);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Spent spent = Spent.read(row, 3);
                    for (BucketReplay bucket : buckets(row.getLong(1))) {
                        charging.charge(bucket, spent.of(bucket.limit().spec().kind()), row.getLong(2));
                    }
                }
            }
        }
    }

    private List<BucketReplay> buckets(long number) throws SQLException {
        List<BucketReplay> known = byAccount.get(number);
        if (known != null) {
            return known;
        }
        account.setLong(1, number);
        try (ResultSet row = account.executeQuery()) {
            if (!row.next()) {
                throw new LedgerException("account: " + number + " (expected: one in the ledger)");
            }
            List<BucketReplay> found = byPlace.over(Account.read(row, 1));
            byAccount.put(number, found);
            return found;
        }
    }

    @Override
    public void close() throws SQLException {
        account.close();
    }
}
