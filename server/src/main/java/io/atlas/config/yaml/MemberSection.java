package io.atlas.config.yaml;

import io.atlas.config.Key;
import io.atlas.config.Members;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Scope;
import io.atlas.secret.Digest;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Node.Mark;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The sections {@code users} and {@code keys} of a team or a tenant. One reader sees all keys of the file. */
final class MemberSection {
    private static final Digest NONE = new Digest("");
    private static final String SECRET = "secret";
    private static final String DIGEST = "sha256";
    private static final String END_USERS = "endUsers";

    private final Source source;
    private final Set<String> tiers;
    private final LimitSection limits;
    private final Instant today;
    private final Map<Digest, String> holders = new HashMap<>();

    MemberSection(Source source, Set<String> tiers, LimitSection limits, LocalDate today) {
        this.source = source;
        this.tiers = tiers;
        this.limits = limits;
        this.today = today.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The members of the place of that path, whose callers reach what {@code reach} says. */
    Members read(Fields owner, String path, Predicate<Narrowing> reach) {
        Map<String, List<LimitSpec>> users = new LinkedHashMap<>();
        owner.named("users", Naming.USER).forEach((name, fields) -> {
            users.put(name, limits.read(fields, Scope.USER, reach));
            fields.finish();
        });
        Map<String, Key> keys = new LinkedHashMap<>();
        owner.named("keys", Naming.KEY).forEach((name, fields) -> {
            Digest digest = digest(fields);
            refuseSecondHolder(digest, path + "/keys/" + name, fields.mark());
            Key key = new Key(
                    name,
                    digest,
                    expires(fields),
                    user(fields, users.keySet()),
                    limits.read(fields, Scope.KEY, reach),
                    endUsers(fields));
            fields.finish();
            keys.put(name, key);
        });
        return new Members(users, keys);
    }

    /** The digest is hidden, too: what stands there by mistake is most likely the secret. */
    private Digest digest(Fields fields) {
        Optional<Digest> ofSecret =
                fields.secret(SECRET, Scalars.visible(16, 256)).map(Digest::of);
        Optional<Digest> given = fields.optional(DIGEST, Forms.DIGEST.hidden());
        fields.needOne(List.of(SECRET, DIGEST));
        if (fields.has(SECRET) && fields.has(DIGEST)) {
            source.error(fields.mark(DIGEST), "sha256: beside secret (expected: one of the two)");
        }
        if (!fields.has(SECRET) && !fields.has(DIGEST)) {
            fields.missing(SECRET, "expected: either secret or sha256");
        }
        return ofSecret.or(() -> given).orElse(NONE);
    }

    private void refuseSecondHolder(Digest digest, String path, Mark mark) {
        String holder = path + " at " + source.at(mark);
        String first = holders.putIfAbsent(digest, holder);
        if (first != null && !digest.equals(NONE)) {
            source.error(mark, path + ": the same key as " + first + " (expected: one of its own)");
        }
    }

    private Optional<Instant> expires(Fields fields) {
        Optional<Instant> expires = fields.optional("expires", Scalars.MOMENT);
        expires.filter(moment -> !moment.isAfter(today))
                .ifPresent(moment ->
                        source.warning(fields.mark("expires"), "expires: " + moment + " (expected: a moment to come)"));
        return expires;
    }

    /** The tier that each has may always be claimed. */
    private Optional<Key.EndUsers> endUsers(Fields key) {
        if (!key.has(END_USERS)) {
            return Optional.empty();
        }
        Fields fields = key.fields(END_USERS);
        Grammar<String> known = Naming.TIER.known(tiers);
        Optional<Integer> max = fields.required("max", Scalars.integer("1", "1M"));
        Optional<String> tier = fields.required("tier", known);
        Set<String> mayClaim = new LinkedHashSet<>();
        tier.ifPresent(mayClaim::add);
        fields.items("mayClaim")
                .forEach(item -> source.read("tier", item, known).ifPresent(mayClaim::add));
        fields.finish();
        return max.flatMap(most -> tier.map(usual -> new Key.EndUsers(most, usual, List.copyOf(mayClaim))));
    }

    private static Optional<String> user(Fields fields, Set<String> users) {
        return fields.optional("user", Naming.USER.known(users));
    }
}
