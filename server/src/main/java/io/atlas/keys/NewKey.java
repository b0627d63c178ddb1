package io.atlas.keys;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that is wanted.
 *
 * @param user whom it is bound to, one of the same team or tenant
 * @param name what it is called at its place; without one, it is named after its id
 */
public record NewKey(
        String tenant,
        Optional<String> team,
        Optional<String> user,
        Optional<String> name,
        Optional<Instant> expires) {}
