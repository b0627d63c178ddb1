package io.atlas.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a key, in hexadecimal: all that is kept of it. A key is long and random, so it needs no salt. */
public record Digest(String hex) {
    /** The digest of a key. */
    public static Digest of(String secret) {
        return of(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest of some bytes. */
    public static Digest of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    /** The digest of what is left of some bytes. */
    public static Digest of(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return new Digest(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
