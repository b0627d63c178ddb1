package io.atlas.admission;

import io.atlas.config.Audience;
import io.atlas.config.Principal;
import io.atlas.dialect.neutral.Fault;
import io.atlas.enduser.People;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;

/**
 * For whom of the people behind a key a request is. The key decides whether there are any; the headers only say which, so
 * that nobody gets more by them than the key may give.
 */
public final class Attribute implements Stage<Identified, Identified> {
    private static final String USER = "x-atlas-user";
    private static final String TIER = "x-atlas-tier";
    private static final int MAX_ID_CHARACTERS = 128;

    private final Services services;
    private final Trail trail;
    private final Reception reception;

    /** Remembers whom it finds. */
    public Attribute(Services services, Trail trail) {
        this(services, trail, services.people()::welcome);
    }

    /** Has whom it finds received like that. */
    public Attribute(Services services, Trail trail, Reception reception) {
        this.services = services;
        this.trail = trail;
        this.reception = reception;
    }

    /** Says whether one of the people behind a key is known, or can be. */
    @FunctionalInterface
    public interface Reception {
        /** What comes of his wish to be known. */
        People.Welcome receive(Audience audience, String person, long nowMicros);
    }

    /** Whom the headers name. */
    public sealed interface Named {
        /** The caller: the key, or the person. */
        record Caller(Identified caller) implements Named {}

        /** Nobody who can be served. */
        record Wrong(Fault fault) implements Named {}
    }

    @Override
    public Future<Passage<Identified>> pass(Identified key) {
        if (key.principal().audience().isEmpty()) {
            return Passage.onward(key);
        }
        return switch (named(services.people(), key, trail.request().headers())) {
            case Named.Wrong wrong -> Passage.stopped(Stop.refused(wrong.fault));
            case Named.Caller named -> welcome(named.caller);
        };
    }

    /** The caller of a request of that key with these headers. He is not remembered. */
    public static Named named(People people, Identified key, MultiMap headers) {
        Principal principal = key.principal();
        Optional<Audience> audience = principal.audience();
        List<String> ids = headers.getAll(USER);
        if (audience.isEmpty() || ids.isEmpty()) {
            return new Named.Caller(key);
        }
        Audience behind = audience.orElseThrow();
        if (ids.size() > 1 || !isId(ids.getFirst())) {
            return new Named.Wrong(Fault.ofHeader(
                    USER, USER + ": not an id (expected: once, 1 to 128 visible ASCII characters without spaces)"));
        }
        List<String> claims = headers.getAll(TIER);
        String tier = claims.isEmpty() ? behind.terms().tier() : claims.getFirst();
        if (claims.size() > 1 || !behind.terms().mayClaim().contains(tier)) {
            return new Named.Wrong(notClaimable(behind));
        }
        return new Named.Caller(
                new Identified(key.snapshot(), people.principal(principal, behind, ids.getFirst(), tier)));
    }

    private Future<Passage<Identified>> welcome(Identified caller) {
        Principal principal = caller.principal();
        Optional<String> person = principal.caller().endUser();
        if (person.isPresent()) {
            Audience audience = principal.audience().orElseThrow();
            switch (reception.receive(audience, person.orElseThrow(), trail.atMicros())) {
                case FULL -> {
                    return Passage.stopped(Stop.refused(tooMany(audience)));
                }
                case KNOWN -> trail.isFor(caller);
            }
        }
        return Passage.onward(caller);
    }

    private static boolean isId(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_ID_CHARACTERS
                && text.chars().allMatch(character -> character > ' ' && character < '\u007f');
    }

    private static Fault notClaimable(Audience audience) {
        Reason reason = Reason.TIER_NOT_CLAIMABLE;
        String message = TIER + ": not a tier that this key may claim (expected: once, one of "
                + String.join(", ", audience.terms().mayClaim()) + ")";
        return new Fault(reason, reason.status(), reason.type(), reason.code(), message, Optional.of(TIER));
    }

    private static Fault tooMany(Audience audience) {
        return Fault.of(
                Reason.TOO_MANY_END_USERS,
                "This key speaks for as many end users as it may ("
                        + audience.terms().max()
                        + "), and this is one more. Somebody's place is free again once nothing that he used counts.");
    }
}
