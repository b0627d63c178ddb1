package io.atlas.http;

/** What an octet may stand for in a head: the classes of RFC 9110 and RFC 3986 as one table. */
final class Octets {
    private static final int TOKEN = 1;
    private static final int VALUE = 2;
    private static final int PATH = 4;
    private static final int HOST = 8;

    private static final byte[] CLASSES = new byte[256];

    static {
        for (int octet = 0; octet < CLASSES.length; octet++) {
            boolean alphanumeric = octet < 128 && Character.isLetterOrDigit(octet);
            mark(octet, TOKEN, alphanumeric || "!#$%&'*+-.^_`|~".indexOf(octet) >= 0);
            mark(octet, VALUE, octet == '\t' || (octet >= ' ' && octet != 0x7f));
            mark(octet, PATH, alphanumeric || "-._~!$&'()*+,;=:@/%".indexOf(octet) >= 0);
            mark(octet, HOST, alphanumeric || "-._~".indexOf(octet) >= 0);
        }
    }

    private Octets() {}

    /** A character of a method, or of the name of a field. */
    static boolean token(byte octet) {
        return in(octet, TOKEN);
    }

    /** An octet of the value of a field. */
    static boolean value(byte octet) {
        return in(octet, VALUE);
    }

    /** A character of a path, its percent sign too. */
    static boolean path(byte octet) {
        return in(octet, PATH);
    }

    /** A character of a query: visible, and no beginning of a fragment. Browsers escape fewer of them than they should. */
    static boolean query(byte octet) {
        return octet > ' ' && octet < 0x7f && octet != '#';
    }

    /** A character of the name of a host. */
    static boolean host(byte octet) {
        return in(octet, HOST);
    }

    /** The value of a hexadecimal digit; negative where it is none. */
    static int hex(byte octet) {
        return octet < 0 ? -1 : Character.digit(octet, 16);
    }

    /** A decimal digit. */
    static boolean digit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static void mark(int octet, int kind, boolean member) {
        if (member) {
            CLASSES[octet] |= (byte) kind;
        }
    }

    private static boolean in(byte octet, int kind) {
        return (CLASSES[octet & 0xff] & kind) != 0;
    }
}
