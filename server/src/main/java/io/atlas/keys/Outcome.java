package io.atlas.keys;

import io.atlas.secret.Secret;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What became of a change that was asked for. */
public sealed interface Outcome {
    /**
     * There is a new key.
     *
     * @param secret the key itself, here and nowhere else, now and never again
     * @param predecessor the key that it was made to replace
     */
    record Issued(KeyRecord key, Secret secret, Optional<KeyRecord> predecessor) implements Outcome {}

    /** These keys are of no use any more; those that had ended before stand as they did. */
    record Revoked(List<KeyRecord> keys) implements Outcome {
        public Revoked {
            keys = List.copyOf(keys);
        }
    }

    /** Nothing has changed. */
    sealed interface Refused extends Outcome {}

    /**
     * The configuration has no place of that name.
     *
     * @param thing what was looked for: {@code tenant}
     * @param known what there is
     */
    record UnknownPlace(String thing, String name, Set<String> known) implements Refused {
        public UnknownPlace {
            known = Set.copyOf(known);
        }
    }

    /** No key has that id, path or name; what was asked is not repeated, since it may be a secret by mistake. */
    record UnknownKey() implements Refused {}

    /** It cannot be done as things stand. */
    record Conflict(Cause cause, String message) implements Refused {}

    /** The database did not take it. */
    record NotWritten(Throwable cause) implements Refused {}

    /** Why a change cannot be made. */
    enum Cause {
        OWNED_BY_FILE,
        NAME_TAKEN,
        AMBIGUOUS,
        ENDED,
        REPLACED,
        TOO_MANY_KEYS
    }
}
