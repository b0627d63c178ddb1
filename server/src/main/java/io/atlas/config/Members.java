package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import java.util.List;
import java.util.Map;

/** The users and keys of a team, or those that sit directly under a tenant; users with their limits. */
public record Members(Map<String, List<LimitSpec>> users, Map<String, Key> keys) {
    /** Nobody. */
    public static final Members NONE = new Members(Map.of(), Map.of());

    public Members {
        users = Map.copyOf(users);
        keys = Map.copyOf(keys);
    }
}
