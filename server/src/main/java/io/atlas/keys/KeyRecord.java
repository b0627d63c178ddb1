package io.atlas.keys;

import io.atlas.config.IssuedKey;
import io.atlas.config.Key;
import io.atlas.kernel.quota.Place;
import io.atlas.secret.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that is kept of an issued key.
 *
 * @param id what lists and logs name it by
 * @param place where it sits, and its name there; limits and usage are counted by it, so that they pass to a successor
 * @param expires from this moment on it is unknown
 * @param revoked when it was revoked
 * @param replacedBy the id of its successor, which has the same place
 */
public record KeyRecord(
        String id,
        Place.OfKey place,
        Optional<String> user,
        Digest digest,
        Instant created,
        Optional<Instant> expires,
        Optional<Instant> revoked,
        Optional<String> replacedBy) {
    /** Whether nobody can use it any more, and nobody ever will. */
    public boolean hasEnded(Instant now) {
        return revoked.isPresent() || expires.filter(end -> !now.isBefore(end)).isPresent();
    }

    /** Whether it is nearer to its end than the other record of the same key says. */
    public boolean isFurtherThan(KeyRecord other) {
        return end().isBefore(other.end())
                || (revoked.isPresent() && other.revoked.isEmpty())
                || (replacedBy.isPresent() && other.replacedBy.isEmpty());
    }

    /** The moment at which it ended or will end; {@link Instant#MAX} where none is set. */
    Instant end() {
        Instant end = expires.orElse(Instant.MAX);
        return revoked.filter(moment -> moment.isBefore(end)).orElse(end);
    }

    /** The same key, revoked. */
    KeyRecord revokedAt(Instant now) {
        return new KeyRecord(id, place, user, digest, created, expires, Optional.of(now), replacedBy);
    }

    /** The same key with a successor: it works until that moment, or until it expires anyway. */
    KeyRecord replaced(String successor, Instant until) {
        Instant end = expires.filter(moment -> moment.isBefore(until)).orElse(until);
        return new KeyRecord(id, place, user, digest, created, Optional.of(end), revoked, Optional.of(successor));
    }

    /** The key as the configuration in force knows it. It has no limits of its own: those are configuration. */
    IssuedKey issued() {
        return new IssuedKey(
                place.tenant(), place.team(), new Key(place.key(), digest, expires, user, List.of(), Optional.empty()));
    }
}
