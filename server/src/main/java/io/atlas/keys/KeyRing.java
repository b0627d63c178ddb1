package io.atlas.keys;

import io.atlas.config.InForce;
import io.atlas.kernel.quota.Place;
import io.atlas.keys.ListedKey.State;
import io.atlas.keys.Outcome.Cause;
import io.atlas.keys.Outcome.Conflict;
import io.atlas.secret.Digest;
import io.atlas.secret.Secret;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that are issued beside those of the file: one owner for each. A change is durable first, then in force for the
 * next request, then answered; so nobody holds a key that a crash could take back. Changes wait for each other and for the
 * disk, so they are for worker threads.
 */
public final class KeyRing {
    /** The most keys of one tenant that have not ended. */
    public static final int MAX_KEYS = 10_000;
    /** The most keys of one tenant that have ended and are remembered. */
    public static final int MAX_ENDED = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);

    /** How often a change is decided again because another node was first; each time one of them gets through. */
    private static final int MAX_TRIES = 10;

    private final KeyStore store;
    private final InForce inForce;
    private final TimeSource time;
    private final Map<String, KeyRecord> records = new LinkedHashMap<>();

    private KeyRing(KeyStore store, InForce inForce, TimeSource time) {
        this.store = store;
        this.inForce = inForce;
        this.time = time;
    }

    /** Puts the stored keys in force. */
    public static KeyRing open(KeyStore store, InForce inForce, TimeSource time) {
        KeyRing ring = new KeyRing(store, inForce, time);
        ring.load();
        return ring;
    }

    /** Takes over what other nodes have changed. Blocks. */
    public synchronized void refresh() {
        Map<String, KeyRecord> next = new LinkedHashMap<>();
        store.load().forEach(key -> next.put(key.id(), key));
        if (next.equals(records)) {
            return;
        }
        long changed = next.values().stream()
                .filter(key -> !key.equals(records.get(key.id())))
                .count();
        replace(next);
        LOG.atInfo()
                .addKeyValue("changed", changed)
                .addKeyValue("keys", next.size())
                .log("keys of all nodes in force");
    }

    /** Issues a key. */
    public synchronized Outcome create(NewKey wanted) {
        return decided(() -> tryToCreate(wanted));
    }

    private Attempt tryToCreate(NewKey wanted) {
        Secret secret = fresh();
        String id = KeyText.id(secret);
        String name = wanted.name().orElseGet(() -> "key-" + id.substring(KeyText.PREFIX.length()));
        Place.OfKey place = new Place.OfKey(wanted.tenant(), wanted.team(), name);
        Instant now = now();
        Optional<? extends Outcome> refusal = refusal(place, wanted.user(), now)
                .or(() -> current(now)
                        .filter(key -> key.place().equals(place))
                        .findFirst()
                        .map(key -> new Conflict(
                                Cause.NAME_TAKEN,
                                place.path() + ": " + key.id() + " has this name (expected: a new one)")));
        if (refusal.isPresent()) {
            return new Attempt.Final(refusal.orElseThrow());
        }
        KeyRecord key = new KeyRecord(
                id, place, wanted.user(), digest(secret), now, wanted.expires(), Optional.empty(), Optional.empty());
        return write("key.create", List.of(key), new Outcome.Issued(key, secret, Optional.empty()));
    }

    /**
     * Issues a successor, which has the same place. The key works on until the overlap ends.
     *
     * @param asked an id; or the path or the name of one key
     * @param expires when the successor ends; else it lives as long as the key was to live
     */
    public synchronized Outcome rotate(String asked, Duration overlap, Optional<Instant> expires) {
        return decided(() -> {
            Instant now = now();
            return switch (find(asked, now)) {
                case Found.Refused refused -> new Attempt.Final(refused.outcome());
                case Found.One one -> rotate(one.key(), now, now.plus(overlap), expires);
            };
        });
    }

    /** Ends a key at once: the one of that id, or all of that path or name; what has ended already stays as it is. */
    public synchronized Outcome revoke(String asked) {
        return decided(() -> tryToRevoke(asked));
    }

    private Attempt tryToRevoke(String asked) {
        Instant now = now();
        return switch (find(asked, now)) {
            case Found.Refused refused -> new Attempt.Final(refused.outcome());
            case Found.One one -> {
                boolean byId = one.key().id().equals(asked);
                List<KeyRecord> revoked = records.values().stream()
                        .filter(key -> byId
                                ? key.equals(one.key())
                                : key.place().equals(one.key().place()))
                        .filter(key -> !key.hasEnded(now))
                        .map(key -> key.revokedAt(now))
                        .toList();
                yield revoked.isEmpty()
                        ? new Attempt.Final(new Outcome.Revoked(List.of(one.key())))
                        : write("key.revoke", revoked, new Outcome.Revoked(revoked));
            }
        };
    }

    /** Every key, those of the file too, by path. */
    public synchronized List<ListedKey> list(Predicate<Place.OfKey> which) {
        Instant now = now();
        Stream<ListedKey> issued = records.values().stream().map(key -> ListedKey.ofRecord(key, state(key, now)));
        return Stream.concat(register().keys(now), issued)
                .filter(key -> which.test(key.place()))
                .sorted(ListedKey.BY_PATH)
                .toList();
    }

    /** The key as a list shows it now. */
    public synchronized ListedKey listed(KeyRecord key) {
        return ListedKey.ofRecord(key, state(key, now()));
    }

    private Attempt rotate(KeyRecord key, Instant now, Instant until, Optional<Instant> expires) {
        Optional<? extends Outcome> refusal = notReplaceable(key, now).or(() -> refusal(key.place(), key.user(), now));
        if (refusal.isPresent()) {
            return new Attempt.Final(refusal.orElseThrow());
        }
        Optional<Instant> end =
                expires.or(() -> key.expires().map(old -> now.plus(Duration.between(key.created(), old))));
        Secret secret = fresh();
        KeyRecord successor = new KeyRecord(
                KeyText.id(secret),
                key.place(),
                key.user(),
                digest(secret),
                now,
                end,
                Optional.empty(),
                Optional.empty());
        KeyRecord replaced = key.replaced(successor.id(), until);
        Outcome done = new Outcome.Issued(successor, secret, Optional.of(replaced));
        return write("key.rotate", List.of(replaced, successor), done);
    }

    private static Optional<Outcome.Refused> notReplaceable(KeyRecord key, Instant now) {
        if (key.hasEnded(now)) {
            return Optional.of(
                    new Conflict(Cause.ENDED, key.id() + ": has ended (expected: a key that works; create a new one)"));
        }
        return key.replacedBy()
                .map(successor ->
                        new Conflict(Cause.REPLACED, key.id() + ": has a successor (expected: " + successor + ")"));
    }

    private Optional<Outcome.Refused> refusal(Place.OfKey place, Optional<String> user, Instant now) {
        return register().refusal(place.tenant(), place.team(), user).or(() -> {
            if (register().owns(place)) {
                return Optional.of(ownedByFile(place));
            }
            long live = current(now)
                    .filter(key -> key.place().tenant().equals(place.tenant()))
                    .count();
            return live < MAX_KEYS
                    ? Optional.empty()
                    : Optional.of(new Conflict(
                            Cause.TOO_MANY_KEYS,
                            place.tenant() + ": " + live + " keys (expected: at most " + MAX_KEYS + ")"));
        });
    }

    /** A change that was decided by what this node knows. */
    private sealed interface Attempt {
        record Final(Outcome outcome) implements Attempt {}

        /** Another node has changed the keys meanwhile. */
        record Outdated() implements Attempt {}
    }

    /** Decides by what is known, and again where another node was first. */
    private Outcome decided(Supplier<Attempt> change) {
        for (int i = 0; i < MAX_TRIES; i++) {
            if (change.get() instanceof Attempt.Final(Outcome outcome)) {
                return outcome;
            }
            refresh();
        }
        return new Outcome.NotWritten(
                new IllegalStateException("keys: " + MAX_TRIES + " times changed by others (expected: fewer)"));
    }

    private sealed interface Found {
        record One(KeyRecord key) implements Found {}

        record Refused(Outcome.Refused outcome) implements Found {}
    }

    private Found find(String asked, Instant now) {
        KeyRecord byId = records.get(asked);
        if (byId != null) {
            return new Found.One(byId);
        }
        Predicate<Place.OfKey> named =
                place -> place.key().equals(asked) || place.path().equals(asked);
        List<KeyRecord> issued = current(now)
                .filter(key -> key.replacedBy().isEmpty() && named.test(key.place()))
                .toList();
        List<ListedKey> ofFile =
                register().keys(now).filter(key -> named.test(key.place())).toList();
        if (issued.size() + ofFile.size() > 1) {
            return new Found.Refused(new Conflict(
                    Cause.AMBIGUOUS,
                    asked + ": the name of several keys (expected: an id, or a path such as "
                            + Stream.concat(
                                            issued.stream().map(KeyRecord::place),
                                            ofFile.stream().map(ListedKey::place))
                                    .map(Place::path)
                                    .sorted()
                                    .findFirst()
                                    .orElseThrow()
                            + ")"));
        }
        if (!ofFile.isEmpty()) {
            return new Found.Refused(ownedByFile(ofFile.getFirst().place()));
        }
        return issued.isEmpty() ? new Found.Refused(new Outcome.UnknownKey()) : new Found.One(issued.getFirst());
    }

    private static Outcome.Refused ownedByFile(Place.OfKey place) {
        String of = place.team().map(team -> ".teams." + team).orElse("");
        return new Conflict(
                Cause.OWNED_BY_FILE,
                place.path() + ": owned by the configuration file; change it there, at tenants." + place.tenant() + of
                        + ".keys." + place.key());
    }

    /** Makes the change durable, then puts it in force. */
    private Attempt write(String what, List<KeyRecord> changed, Outcome done) {
        Map<String, KeyRecord> next = new LinkedHashMap<>(records);
        changed.forEach(key -> next.put(key.id(), key));
        List<String> forgotten = tooOld(next, changed.getFirst().place().tenant());
        forgotten.forEach(next::remove);
        KeyStore.Written written;
        try {
            written = store.write(changed, forgotten).toCompletableFuture().join();
        } catch (CompletionException e) {
            return new Attempt.Final(
                    new Outcome.NotWritten(Optional.ofNullable(e.getCause()).orElse(e)));
        }
        return switch (written) {
            case OUTDATED -> new Attempt.Outdated();
            case DONE -> {
                replace(next);
                changed.forEach(key -> audit(what, key));
                yield new Attempt.Final(done);
            }
        };
    }

    private static void audit(String what, KeyRecord key) {
        LOG.atInfo()
                .addKeyValue("audit", what)
                .addKeyValue("actor", "admin")
                .addKeyValue("key", key.id())
                .addKeyValue("path", key.place().path())
                .addKeyValue("user", key.user().orElse("-"))
                .addKeyValue("expires", key.expires().map(Instant::toString).orElse("-"))
                .addKeyValue("replaced_by", key.replacedBy().orElse("-"))
                .log("a key was changed");
    }

    private void replace(Map<String, KeyRecord> next) {
        records.clear();
        records.putAll(next);
        putInForce();
    }

    private List<String> tooOld(Map<String, KeyRecord> all, String tenant) {
        Instant now = now();
        List<KeyRecord> ended = all.values().stream()
                .filter(key -> key.place().tenant().equals(tenant) && key.hasEnded(now))
                .sorted(Comparator.comparing(KeyRecord::end))
                .toList();
        return ended.subList(0, Math.max(0, ended.size() - MAX_ENDED)).stream()
                .map(KeyRecord::id)
                .toList();
    }

    private synchronized void load() {
        store.load().forEach(key -> records.put(key.id(), key));
        putInForce();
        Instant now = now();
        current(now)
                .filter(key -> state(key, now) == State.DORMANT)
                .forEach(
                        key -> LOG.atWarn()
                                .addKeyValue("key", key.id())
                                .addKeyValue("path", key.place().path())
                                .log(
                                        "an issued key does not work: the configuration has no such place, or a key of this name"));
    }

    private void putInForce() {
        inForce.issue(current(now()).map(KeyRecord::issued).toList());
    }

    private State state(KeyRecord key, Instant now) {
        State state = ListedKey.state(key, now);
        boolean works = state == State.ACTIVE || state == State.EXPIRING;
        return works && !hasRoom(key) ? State.DORMANT : state;
    }

    private boolean hasRoom(KeyRecord key) {
        Register register = register();
        return !register.owns(key.place())
                && register.refusal(key.place().tenant(), key.place().team(), key.user())
                        .isEmpty();
    }

    private Stream<KeyRecord> current(Instant now) {
        return records.values().stream().filter(key -> !key.hasEnded(now));
    }

    private Register register() {
        return new Register(inForce.get().configuration());
    }

    /** A key whose id is new: ids are short, and a second key of one id would take the place of the first. */
    private Secret fresh() {
        Secret secret = KeyText.fresh();
        while (records.containsKey(KeyText.id(secret))) {
            secret = KeyText.fresh();
        }
        return secret;
    }

    private static Digest digest(Secret secret) {
        return Digest.of(secret.reveal());
    }

    private Instant now() {
        return Instant.EPOCH.plus(time.epochMicros(), ChronoUnit.MICROS);
    }
}
