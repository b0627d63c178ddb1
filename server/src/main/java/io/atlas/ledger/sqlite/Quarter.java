package io.atlas.ledger.sqlite;

/** A quarter of an hour: the grain of the rollup. */
final class Quarter {
    static final long MICROS = 900_000_000L;

    private Quarter() {}

    /** The start of the quarter that holds the instant. */
    static long floor(long micros) {
        return Math.floorDiv(micros, MICROS) * MICROS;
    }

    /** The first start of a quarter that is not before the instant. */
    static long ceil(long micros) {
        return Math.ceilDiv(micros, MICROS) * MICROS;
    }
}
