package io.atlas.kernel.tenant;

import java.util.Optional;

/**
 * Who a request is counted for, as its key says. A key sits in a tenant or in one of its teams, and may be bound to a
 * user.
 *
 * @param tier on whose terms the request is served: the tenant's, or that of the end user
 * @param endUser whom of the people behind the key it is for, by the name that is kept of him
 */
public record Caller(
        String tenant,
        Optional<String> team,
        Optional<String> user,
        String key,
        String tier,
        Optional<String> endUser) {
    /** A key alone. */
    public Caller(String tenant, Optional<String> team, Optional<String> user, String key, String tier) {
        this(tenant, team, user, key, tier, Optional.empty());
    }

    /** The same key, for one of the people behind it. */
    public Caller behind(String person, String theirTier) {
        return new Caller(tenant, team, user, key, theirTier, Optional.of(person));
    }
}
