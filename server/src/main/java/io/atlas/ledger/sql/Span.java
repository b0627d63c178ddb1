package io.atlas.ledger.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A time, the end excluded, cut so that it can be summed from few rows: whole quarters of an hour from the rollup, and
 * what is before and after them from the entries.
 */
public record Span(long fromMicros, long wholeFromMicros, long wholeToMicros, long toMicros) {
    private static final String QUARTERS = """
            SELECT caller, terms, start_micros AS at_micros, requests, charged_requests, refused, replayed,
                input_tokens, cached_input_tokens, output_tokens, reasoning_tokens,
                cost_nano_usd, provider_cost_nano_usd, credits
              FROM rollup WHERE start_micros >= ? AND start_micros < ?
            """;
    private static final String ENTRIES = """
            SELECT caller, terms, at_micros, sent, charged, 1 - sent - replayed, replayed,
                input_tokens, cached_input_tokens, output_tokens, reasoning_tokens,
                cost_nano_usd, provider_cost_nano_usd, credits
              FROM entry WHERE at_micros >= ? AND at_micros < ?
            """;

    /** A quarter of an hour: the grain of the rollup. */
    public static final long QUARTER_MICROS = 900_000_000L;

    /** The end of the year 9999: no instant that can be written is later, and no sum with it overflows. */
    private static final long MAX_MICROS = 253_402_300_800_000_000L;

    /** Cuts a time; one that ends before it starts is empty. */
    static Span of(long fromMicros, long toMicros) {
        long from = Math.clamp(fromMicros, 0, MAX_MICROS);
        long to = Math.clamp(toMicros, from, MAX_MICROS);
        long wholeFrom = Math.ceilDiv(from, QUARTER_MICROS) * QUARTER_MICROS;
        long wholeTo = quarterOf(to);
        return wholeFrom < wholeTo ? new Span(from, wholeFrom, wholeTo, to) : new Span(from, to, to, to);
    }

    /** The start of the quarter of an hour that holds the instant. */
    public static long quarterOf(long micros) {
        return Math.floorDiv(micros, QUARTER_MICROS) * QUARTER_MICROS;
    }

    /** The SQL of everything in it; the time of a row is its request's, or the start of its quarter. */
    String source() {
        return whole() ? QUARTERS : QUARTERS + "UNION ALL " + ENTRIES + "UNION ALL " + ENTRIES;
    }

    /** Sets the parameters of {@link #source}, which come first in the statement. */
    void bind(PreparedStatement statement) throws SQLException {
        statement.setLong(1, wholeFromMicros);
        statement.setLong(2, wholeToMicros);
        if (!whole()) {
            statement.setLong(3, fromMicros);
            statement.setLong(4, wholeFromMicros);
            statement.setLong(5, wholeToMicros);
            statement.setLong(6, toMicros);
        }
    }

    private boolean whole() {
        return fromMicros == wholeFromMicros && toMicros == wholeToMicros;
    }
}
