package io.atlas.alert;

import io.atlas.secret.Secret;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Where alerts are sent to.
 *
 * @param url may hold a token of its receiver, so it is never shown
 * @param secrets that sign what is sent, each {@code whsec_} and the base64 of 24 to 64 bytes: one, or two while a new
 *     one takes the place of the other
 */
public record Webhook(String name, URI url, List<Secret> secrets) {
    public Webhook {
        secrets = List.copyOf(secrets);
    }

    /** What a secret begins with. */
    public static final String SECRET_PREFIX = "whsec_";

    private static final int LEAST_SECRET_BYTES = 24;
    private static final int MOST_SECRET_BYTES = 64;

    /** The bytes of a secret as it is written; empty where it is none. */
    public static Optional<byte[]> secretBytes(String secret) {
        if (!secret.startsWith(SECRET_PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length())))
                    .filter(bytes -> bytes.length >= LEAST_SECRET_BYTES && bytes.length <= MOST_SECRET_BYTES);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
