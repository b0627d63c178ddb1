package io.atlas.wire;

import java.util.function.UnaryOperator;

/**
 * One row of the table.
 *
 * @param bytes what is written, one byte for each character, for a mark by which the upstream would know it
 * @param status of the answer
 * @param after what comes of the connection
 */
record Case(String name, UnaryOperator<String> bytes, int status, After after) {
    /** What comes of the connection after the answer. */
    enum After {
        /** It can be used again. */
        OPEN,
        /** Nothing more is read from it. */
        CLOSED
    }

    static Case served(String name, UnaryOperator<String> bytes) {
        return new Case(name, bytes, 200, After.OPEN);
    }

    /** Understood, and answered with that. */
    static Case answered(String name, int status, String bytes) {
        return new Case(name, _ -> bytes, status, After.OPEN);
    }

    static Case refused(String name, int status, UnaryOperator<String> bytes) {
        return new Case(name, bytes, status, After.CLOSED);
    }

    static Case answered(String name, int status, UnaryOperator<String> bytes) {
        return new Case(name, bytes, status, After.OPEN);
    }

    static Case refused(String name, int status, String bytes) {
        return refused(name, status, _ -> bytes);
    }

    static Case malformed(String name, UnaryOperator<String> bytes) {
        return refused(name, 400, bytes);
    }

    /** The name of an octet, for that of a case. */
    static String octet(int octet) {
        return "0x%02x".formatted(octet);
    }

    @Override
    public String toString() {
        return name + " -> " + status;
    }
}
