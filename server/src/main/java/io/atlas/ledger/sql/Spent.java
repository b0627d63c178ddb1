package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What an account was charged with, as limits count it. */
record Spent(long requests, long inputTokens, long outputTokens, long nanoUsd, long credits) {
    /** The amounts in a row that has them, in the order of this record, from that column on. */
    static Spent read(ResultSet row, int first) throws SQLException {
        return new Spent(
                row.getLong(first),
                row.getLong(first + 1),
                row.getLong(first + 2),
                row.getLong(first + 3),
                row.getLong(first + 4));
    }

    /** The amount in the unit of the kind. */
    long of(Kind kind) {
        return switch (kind) {
            case REQUESTS, CONCURRENT -> requests;
            case TOKENS -> inputTokens + outputTokens;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
            case CREDITS -> credits;
            case COST -> nanoUsd;
        };
    }
}
