package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import io.atlas.secret.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A credential.
 *
 * @param expires from this moment on it is unknown
 * @param user the user that it is bound to, of the same team or tenant
 * @param endUsers what it says of the people behind it, where it speaks for any
 */
public record Key(
        String name,
        Digest digest,
        Optional<Instant> expires,
        Optional<String> user,
        List<LimitSpec> limits,
        Optional<EndUsers> endUsers) {
    public Key {
        limits = List.copyOf(limits);
    }

    /**
     * The people behind a key.
     *
     * @param max how many they may be
     * @param tier whose limits each of them has, unless the request claims another
     * @param mayClaim the tiers that a request may claim for one of them, {@code tier} among them
     */
    public record EndUsers(int max, String tier, List<String> mayClaim) {
        public EndUsers {
            mayClaim = List.copyOf(mayClaim);
        }
    }
}
