package io.atlas.alert.webhook;

import io.atlas.alert.Webhook;
import io.atlas.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature by which a receiver knows that an alert is from this gateway and is whole: the HMAC-SHA-256 of id, time of
 * the attempt and body, as Standard Webhooks 1.0.0 has it (github.com/standard-webhooks, "Signature scheme", {@code v1}).
 */
final class Signature {
    private static final String HMAC = "HmacSHA256";

    private Signature() {}

    /** The header {@code webhook-signature} of what is sent at that second: one for each secret, any of which may be known. */
    static String of(List<Secret> secrets, String id, long epochSeconds, String body) {
        return secrets.stream()
                .map(secret -> of(secret, id, epochSeconds, body))
                .collect(Collectors.joining(" "));
    }

    private static String of(Secret secret, String id, long epochSeconds, String body) {
        byte[] key = Webhook.secretBytes(secret.reveal())
                .orElseThrow(() -> new IllegalArgumentException("secret: *** (expected: one that was read)"));
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            byte[] code = mac.doFinal((id + "." + epochSeconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(code);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
