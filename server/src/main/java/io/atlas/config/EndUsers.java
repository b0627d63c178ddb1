package io.atlas.config;

import java.util.List;

/**
 * What a key says of the people behind it.
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
