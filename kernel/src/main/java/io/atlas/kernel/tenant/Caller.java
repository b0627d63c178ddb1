package io.atlas.kernel.tenant;

import java.util.Optional;

/**
 * Who a request is counted for, as its key says. A key sits in a tenant or in one of its teams, and may be bound to a
 * user.
 */
public record Caller(String tenant, Optional<String> team, Optional<String> user, String key, String tier) {}
