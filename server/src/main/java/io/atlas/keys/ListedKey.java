package io.atlas.keys;

import io.atlas.kernel.quota.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A key as a list shows it: neither its secret nor its digest.
 *
 * @param id absent where the file owns it
 * @param created absent where the file owns it
 */
public record ListedKey(
        Owner owner,
        Optional<String> id,
        Place.OfKey place,
        Optional<String> user,
        State state,
        Optional<Instant> created,
        Optional<Instant> expires,
        Optional<Instant> revoked,
        Optional<String> replacedBy) {
    /** By path; of one path the oldest first. */
    static final Comparator<ListedKey> BY_PATH = Comparator.comparing((ListedKey key) -> key.place.path())
            .thenComparing(key -> key.created.orElse(Instant.MIN));

    private static final Duration SOON = Duration.ofDays(7);

    /** Where a key can be changed, and nowhere else. */
    public enum Owner {
        FILE,
        API
    }

    /** Of what use a key is. */
    public enum State {
        /** It works. */
        ACTIVE,
        /** It works, and has a successor or less than a week to live. */
        EXPIRING,
        /** It would work, but the configuration has no place for it, or a key of the same name. */
        DORMANT,
        /** Its time is over. */
        EXPIRED,
        /** It was revoked. */
        REVOKED
    }

    /** A key of the file. */
    static ListedKey ofFile(Place.OfKey place, Optional<String> user, Optional<Instant> expires, Instant now) {
        State state = expires.map(end -> untilEnd(end, now)).orElse(State.ACTIVE);
        return new ListedKey(
                Owner.FILE,
                Optional.empty(),
                place,
                user,
                state,
                Optional.empty(),
                expires,
                Optional.empty(),
                Optional.empty());
    }

    /** An issued key, which has that state. */
    static ListedKey ofRecord(KeyRecord key, State state) {
        return new ListedKey(
                Owner.API,
                Optional.of(key.id()),
                key.place(),
                key.user(),
                state,
                Optional.of(key.created()),
                key.expires(),
                key.revoked(),
                key.replacedBy());
    }

    /** The state of an issued key, if the configuration has room for it. */
    static State state(KeyRecord key, Instant now) {
        if (key.revoked().isPresent()) {
            return State.REVOKED;
        }
        State state = key.expires().map(end -> untilEnd(end, now)).orElse(State.ACTIVE);
        return state == State.ACTIVE && key.replacedBy().isPresent() ? State.EXPIRING : state;
    }

    private static State untilEnd(Instant end, Instant now) {
        if (!now.isBefore(end)) {
            return State.EXPIRED;
        }
        return now.plus(SOON).isBefore(end) ? State.ACTIVE : State.EXPIRING;
    }
}
