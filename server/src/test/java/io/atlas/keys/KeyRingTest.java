package io.atlas.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.atlas.config.Configuration;
import io.atlas.config.InForce;
import io.atlas.config.Principal;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.keys.ListedKey.State;
import io.atlas.keys.Outcome.Cause;
import io.atlas.secret.Digest;
import io.atlas.secret.Secret;
import io.atlas.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private final Shelf store = new Shelf();
    private final InForce inForce = new InForce(configuration(""), List.of());
    private long nowMicros = 1_795_000_000_000_000L;
    private final TimeSource time = new TimeSource() {
        @Override
        public long epochMicros() {
            return nowMicros;
        }

        @Override
        public long nanos() {
            return nowMicros * 1_000;
        }
    };
    private final KeyRing ring = KeyRing.open(store, inForce, time);

    /** A store in memory, which refuses what it is told to. */
    private static final class Shelf implements KeyStore {
        private final Map<String, KeyRecord> records = new LinkedHashMap<>();
        private Optional<RuntimeException> failure = Optional.empty();
        private Optional<Runnable> othersFirst = Optional.empty();

        @Override
        public List<KeyRecord> load() {
            return List.copyOf(records.values());
        }

        @Override
        public CompletionStage<Written> write(List<KeyRecord> changed, List<String> forgottenIds) {
            if (othersFirst.isPresent()) {
                othersFirst.orElseThrow().run();
                othersFirst = Optional.empty();
                return CompletableFuture.completedStage(Written.OUTDATED);
            }
            if (failure.isPresent()) {
                return CompletableFuture.failedStage(failure.orElseThrow());
            }
            changed.forEach(key -> records.put(key.id(), key));
            forgottenIds.forEach(records::remove);
            return CompletableFuture.completedStage(Written.DONE);
        }
    }

    /** A store that others change all the time. */
    private static final class Busy implements KeyStore {
        @Override
        public List<KeyRecord> load() {
            return List.of();
        }

        @Override
        public CompletionStage<Written> write(List<KeyRecord> changed, List<String> forgottenIds) {
            return CompletableFuture.completedStage(Written.OUTDATED);
        }
    }

    @Test
    void aNewKeyStandsForItsPlaceAndHasTheLimitsOfAllAboveIt() {
        Outcome.Issued issued = created(in("acme", "search", "ada", "ci"));

        Principal principal = principal(issued.secret()).orElseThrow();
        assertThat(principal.caller().toString()).contains("acme", "search", "ada", "ci");
        assertThat(principal.limits().stream().map(limit -> limit.id()))
                .containsExactly("acme:tokens/day", "acme/search:concurrent", "acme/search/users/ada:requests/day");
        assertThat(store.records).containsOnlyKeys(issued.key().id());
    }

    @Test
    void aKeyWithoutANameIsNamedAfterItsId() {
        KeyRecord key = created(
                        new NewKey("hobby", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
                .key();

        assertThat(key.id()).isEqualTo("atl_k_" + key.place().key().substring("key-".length()));
    }

    @Test
    void aRotatedKeyWorksUntilTheOverlapEndsAndNotAMicrosecondLonger() {
        Outcome.Issued first = created(in("hobby", "ci"));
        Outcome.Issued second = issued(ring.rotate("ci", Duration.ofHours(24), Optional.empty()));

        assertThat(second.key().place()).isEqualTo(first.key().place());
        long endMicros = nowMicros + Duration.ofHours(24).toNanos() / 1_000;
        nowMicros = endMicros - 1;
        assertThat(principal(first.secret())).isPresent();
        assertThat(states()).containsExactly(State.EXPIRING, State.ACTIVE);
        nowMicros = endMicros;
        assertThat(principal(first.secret())).isEmpty();
        assertThat(principal(second.secret())).isPresent();
        assertThat(states()).containsExactly(State.EXPIRED, State.ACTIVE);
    }

    @Test
    void aKeyThatExpiresBeforeTheOverlapEndsExpiresAllTheSame() {
        Instant end = now().plus(Duration.ofHours(1));
        Outcome.Issued first =
                created(new NewKey("hobby", Optional.empty(), Optional.empty(), Optional.of("ci"), Optional.of(end)));
        Outcome.Issued second = issued(ring.rotate(first.key().id(), Duration.ofHours(24), Optional.empty()));

        assertThat(store.load().getFirst())
                .isEqualTo(first.key().replaced(second.key().id(), end));
    }

    @Test
    void aSuccessorLivesAsLongAsItsPredecessorWasToLive() {
        created(new NewKey(
                "hobby",
                Optional.empty(),
                Optional.empty(),
                Optional.of("ci"),
                Optional.of(now().plus(Duration.ofDays(90)))));
        nowMicros += Duration.ofDays(80).toNanos() / 1_000;

        Outcome.Issued second = issued(ring.rotate("ci", Duration.ZERO, Optional.empty()));
        assertThat(second.key().expires()).contains(now().plus(Duration.ofDays(90)));
        Outcome.Issued third = issued(ring.rotate("ci", Duration.ZERO, Optional.of(now().plusSeconds(5))));
        assertThat(third.key().expires()).contains(now().plusSeconds(5));
    }

    @Test
    void byItsNameEverySecretOfAKeyIsRevokedByItsIdOneAlone() {
        Outcome.Issued first = created(in("hobby", "ci"));
        Outcome.Issued second = issued(ring.rotate("ci", Duration.ofHours(1), Optional.empty()));
        Outcome.Issued third = issued(ring.rotate("ci", Duration.ofHours(1), Optional.empty()));

        ring.revoke(second.key().id());
        assertThat(principal(first.secret())).isPresent();
        assertThat(principal(second.secret())).isEmpty();
        assertThat(principal(third.secret())).isPresent();
        ring.revoke("hobby/keys/ci");
        assertThat(principal(first.secret())).isEmpty();
        assertThat(principal(third.secret())).isEmpty();
        assertThat(ring.revoke(first.key().id())).as("again").isInstanceOf(Outcome.Revoked.class);
    }

    @Test
    void aChangeThatAnotherNodeMadeFirstIsDecidedAgain() {
        KeyRecord theirs = created(in("hobby", "ci")).key();
        store.othersFirst = Optional.of(() -> store.records.put(theirs.id(), theirs.revokedAt(now())));

        assertThat(issued(ring.create(in("hobby", "cd"))).key().place().key()).isEqualTo("cd");
        assertConflict(ring.rotate(theirs.id(), Duration.ZERO, Optional.empty()), Cause.ENDED, "has ended");
        KeyRecord twin = created(in("hobby", "twin")).key();
        store.records.remove(twin.id());
        ring.refresh();
        store.othersFirst = Optional.of(() -> store.records.put(twin.id(), twin));
        assertConflict(ring.create(in("hobby", "twin")), Cause.NAME_TAKEN, twin.id());
    }

    @Test
    void whoIsAlwaysTooLateIsToldThatNothingWasWritten() {
        KeyRing busy = KeyRing.open(new Busy(), inForce, time);
        assertThat(busy.create(in("hobby", "ci"))).isInstanceOf(Outcome.NotWritten.class);
    }

    @Test
    void whatAnotherNodeRevokedIsRefusedAfterTheNextLook() {
        Outcome.Issued key = created(in("hobby", "ci"));
        store.records.put(key.key().id(), key.key().revokedAt(now()));
        assertThat(principal(key.secret())).isPresent();
        ring.refresh();
        assertThat(principal(key.secret())).isEmpty();
    }

    @Test
    void whatIsNotWrittenIsNotInForce() {
        Outcome.Issued issued = created(in("hobby", "ci"));
        store.failure = Optional.of(new IllegalStateException("disk full"));

        assertThat(ring.create(in("hobby", "other"))).isInstanceOf(Outcome.NotWritten.class);
        assertThat(ring.revoke("ci")).isInstanceOf(Outcome.NotWritten.class);
        assertThat(principal(issued.secret())).isPresent();
        assertThat(inForce.get().principals()).hasSize(2);
    }

    @Test
    void aPlaceThatIsNotThereIsNamedWithWhatIs() {
        assertThat(ring.create(in("acmee", "ci")))
                .isInstanceOfSatisfying(
                        Outcome.UnknownPlace.class,
                        unknown -> assertThat(unknown.known()).containsExactlyInAnyOrder("acme", "hobby"));
        assertThat(ring.create(in("acme", "research", "ada", "ci"))).isInstanceOf(Outcome.UnknownPlace.class);
        assertThat(ring.create(in("acme", "search", "bob", "ci"))).isInstanceOf(Outcome.UnknownPlace.class);
        assertThat(store.records).isEmpty();
    }

    @Test
    void whatTheFileOwnsIsChangedThere() {
        assertConflict(ring.create(in("acme", "filed")), Cause.OWNED_BY_FILE, "tenants.acme.keys.filed");
        assertConflict(ring.revoke("filed"), Cause.OWNED_BY_FILE, "tenants.acme.keys.filed");
        assertConflict(
                ring.rotate("acme/keys/filed", Duration.ZERO, Optional.empty()),
                Cause.OWNED_BY_FILE,
                "tenants.acme.keys.filed");
    }

    @Test
    void aNameIsTakenAsLongAsAKeyOfItWorks() {
        KeyRecord key = created(in("hobby", "ci")).key();
        assertConflict(ring.create(in("hobby", "ci")), Cause.NAME_TAKEN, key.id());
        ring.revoke(key.id());
        created(in("hobby", "ci"));
        created(in("acme", "ci"));
        assertConflict(ring.revoke("ci"), Cause.AMBIGUOUS, "acme/keys/ci");
    }

    @Test
    void whatHasEndedOrHasASuccessorIsNotRotated() {
        KeyRecord first = created(in("hobby", "ci")).key();
        KeyRecord second =
                issued(ring.rotate("ci", Duration.ofHours(1), Optional.empty())).key();
        assertConflict(ring.rotate(first.id(), Duration.ZERO, Optional.empty()), Cause.REPLACED, second.id());
        ring.revoke(second.id());
        assertConflict(ring.rotate(second.id(), Duration.ZERO, Optional.empty()), Cause.ENDED, second.id());
        assertThat(ring.rotate("nobody", Duration.ZERO, Optional.empty())).isInstanceOf(Outcome.UnknownKey.class);
    }

    @Test
    void theFilesKeyWinsWhereItLaterTakesTheName() {
        Outcome.Issued issued = created(in("acme", "search", "ada", "ci"));
        inForce.configure(configuration(", keys: { ci: { secret: the-second-secret-of-the-file } }"));

        assertThat(principal(issued.secret())).isEmpty();
        assertThat(ring.list(place -> place.key().equals("ci")))
                .extracting(ListedKey::owner, ListedKey::state)
                .containsExactlyInAnyOrder(
                        tuple(ListedKey.Owner.FILE, State.ACTIVE), tuple(ListedKey.Owner.API, State.DORMANT));
        inForce.configure(configuration(""));
        assertThat(principal(issued.secret())).isPresent();
    }

    @Test
    void aTenantHasNoMoreKeysThanTheBoundAndRemembersNoMoreThatEnded() {
        for (int i = 0; i < KeyRing.MAX_ENDED + 5; i++) {
            created(in("hobby", "k" + i));
            nowMicros++;
            ring.revoke("k" + i);
        }
        assertThat(ring.list(place -> place.tenant().equals("hobby"))).hasSize(KeyRing.MAX_ENDED);
        assertThat(store.records).hasSize(KeyRing.MAX_ENDED);
        assertThat(store.records.values()).noneMatch(key -> key.place().key().equals("k4"));
    }

    @Test
    void aLimitIsKnownBeforeAnybodyBelowItHasAKey() {
        assertThat(inForce.get().limits().stream().map(limit -> limit.id()))
                .contains("acme/search:concurrent", "acme/search/users/ada:requests/day");
    }

    private static Configuration configuration(String more) {
        byte[] yaml = """
            apiVersion: atlas/v1
            backends: { sim: { type: sim } }
            models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] } }
            tiers: { all: { models: [ "*" ] } }
            tenants:
              acme:
                tier: all
                limits: [ { tokens: 1k, per: day } ]
                keys: { filed: { secret: the-secret-of-the-file } }
                teams: { search: { limits: [ { concurrent: 8 } ], users: { ada: { limits: [ { requests: 9, per: day } ] } }%s } }
              hobby: { tier: all }
            """.formatted(more).getBytes(StandardCharsets.UTF_8);
        return switch (ConfigurationReader.read("a.yaml", yaml, _ -> Optional.empty(), LocalDate.EPOCH)) {
            case Reading.Valid valid -> valid.configuration();
            case Reading.Invalid invalid ->
                throw new AssertionError(invalid.findings().toString());
        };
    }

    private static NewKey in(String tenant, String name) {
        return new NewKey(tenant, Optional.empty(), Optional.empty(), Optional.of(name), Optional.empty());
    }

    private static NewKey in(String tenant, String team, String user, String name) {
        return new NewKey(tenant, Optional.of(team), Optional.of(user), Optional.of(name), Optional.empty());
    }

    private Outcome.Issued created(NewKey wanted) {
        return issued(ring.create(wanted));
    }

    private static Outcome.Issued issued(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Issued.class);
        return (Outcome.Issued) outcome;
    }

    private static void assertConflict(Outcome outcome, Cause cause, String says) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Conflict.class, conflict -> {
            assertThat(conflict.cause()).isEqualTo(cause);
            assertThat(conflict.message()).contains(says);
        });
    }

    private List<State> states() {
        return ring.list(place -> place.tenant().equals("hobby")).stream()
                .map(ListedKey::state)
                .toList();
    }

    private Optional<Principal> principal(Secret secret) {
        return inForce.get().principal(Digest.of(secret.reveal()), nowMicros);
    }

    private Instant now() {
        return Instant.EPOCH.plus(nowMicros, ChronoUnit.MICROS);
    }
}
