package io.atlas.time;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Ids of requests, secrets of keys, and numbers that nobody can guess. */
public final class Ids {
    private static final HexFormat HEX = HexFormat.of();
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final SecureRandom SECURE = new SecureRandom();

    private Ids() {}

    /** An id that sorts by the time at which it was made: a UUIDv7 (RFC 9562) in hexadecimal, after {@code req_}. */
    public static String request(long epochMicros) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (epochMicros / 1_000) << 16 | 0x7000 | (random.nextInt() & 0x0fff);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return "req_" + HEX.toHexDigits(high) + HEX.toHexDigits(low);
    }

    /** A secret of that many bytes from the system's secure source, in hexadecimal. */
    public static String hexSecret(int bytes) {
        byte[] secret = new byte[bytes];
        SECURE.nextBytes(secret);
        return HEX.formatHex(secret);
    }

    /** A number from the system's secure source. */
    public static long random() {
        return SECURE.nextLong();
    }

    /** A number for a choice that may be guessed. */
    public static long chance() {
        return ThreadLocalRandom.current().nextLong();
    }

    /** A secret of that many letters and digits from the system's secure source. */
    public static String secret(int length) {
        StringBuilder secret = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            secret.append(ALPHABET.charAt(SECURE.nextInt(ALPHABET.length())));
        }
        return secret.toString();
    }
}
