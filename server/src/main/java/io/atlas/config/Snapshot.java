package io.atlas.config;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A configuration resolved for the way of a request: who a key is, and what binds it. Immutable, swapped as a whole. */
public final class Snapshot {
    private final Configuration configuration;
    private final Map<String, List<IssuedKey>> issued;
    private final Map<Digest, Principal> principals = new HashMap<>();
    private final Map<String, List<Limit>> limitsOfModels = new HashMap<>();
    private final List<Limit> limitsOfGateway;
    private final Set<Limit> limits = new LinkedHashSet<>();

    /** Resolves the configuration, with the keys that it names itself. */
    public Snapshot(Configuration configuration) {
        this(configuration, List.of());
    }

    /** Resolves the configuration, with the keys issued beside it; one whose place it does not have stands for nobody. */
    public Snapshot(Configuration configuration, List<IssuedKey> issued) {
        this.configuration = configuration;
        this.issued = issued.stream().collect(Collectors.groupingBy(IssuedKey::tenant));
        this.limitsOfGateway = bind(new Place.OfGateway(), configuration.limits(), ZoneOffset.UTC);
        configuration
                .models()
                .values()
                .forEach(model -> limitsOfModels.put(
                        model.name(), bind(new Place.OfModel(model.name()), model.limits(), ZoneOffset.UTC)));
        limitsOfModels.values().forEach(limits::addAll);
        limits.addAll(limitsOfGateway);
        configuration.tenants().values().forEach(this::resolve);
    }

    /** What it was resolved from. */
    public Configuration configuration() {
        return configuration;
    }

    /** Whom the key stands for at that moment; nobody where it is unknown or has expired. */
    public Optional<Principal> principal(Digest digest, long nowMicros) {
        Principal principal = principals.get(digest);
        return principal == null || nowMicros >= principal.expiresAtMicros()
                ? Optional.empty()
                : Optional.of(principal);
    }

    /** The model of that exact name. */
    public Optional<Model> model(String name) {
        return Optional.ofNullable(configuration.models().get(name));
    }

    /** The limits of a model, over all tenants. */
    public List<Limit> limitsOf(Model model) {
        return limitsOfModels.getOrDefault(model.name(), List.of());
    }

    /** The limits that a request of this caller must fit if that model serves it. */
    public List<Limit> path(Principal principal, Model model) {
        return principal.path(model, limitsOf(model));
    }

    /** Everyone who holds a key. */
    public Stream<Principal> principals() {
        return principals.values().stream();
    }

    /** Every limit there is, each once; also where nobody has a key yet, since one may be issued at any time. */
    public List<Limit> limits() {
        return List.copyOf(limits);
    }

    private void resolve(Tenant tenant) {
        TierPlan plan = configuration.tiers().get(tenant.tier());
        if (plan == null) {
            throw new IllegalArgumentException(
                    "tier of " + tenant.name() + ": " + tenant.tier() + " (expected: a known one)");
        }
        List<Limit> above = new ArrayList<>(limitsOfGateway);
        above.addAll(Limit.ofTenant(new Place.OfTenant(tenant.name()), plan.limits(), tenant.limits(), tenant.zone()));
        resolve(tenant, plan, Optional.empty(), tenant.members(), above);
        for (Team team : tenant.teams().values()) {
            List<Limit> inTeam = new ArrayList<>(above);
            inTeam.addAll(bind(new Place.OfTeam(tenant.name(), team.name()), team.limits(), tenant.zone()));
            resolve(tenant, plan, Optional.of(team.name()), team.members(), inTeam);
        }
    }

    private void resolve(Tenant tenant, TierPlan plan, Optional<String> team, Members members, List<Limit> above) {
        Stream<Key> beside = issued.getOrDefault(tenant.name(), List.of()).stream()
                .filter(key -> key.team().equals(team))
                .map(IssuedKey::key)
                .filter(key -> !members.keys().containsKey(key.name()))
                .filter(key -> key.user().isEmpty()
                        || members.users().containsKey(key.user().get()));
        limits.addAll(above);
        Map<String, List<Limit>> ofUsers = new HashMap<>();
        members.users()
                .forEach((user, specs) ->
                        ofUsers.put(user, bind(new Place.OfUser(tenant.name(), team, user), specs, tenant.zone())));
        ofUsers.values().forEach(limits::addAll);
        for (Key key : Stream.concat(members.keys().values().stream(), beside).toList()) {
            List<Limit> path = new ArrayList<>(above);
            key.user().ifPresent(user -> path.addAll(ofUsers.getOrDefault(user, List.of())));
            List<Limit> own = bind(new Place.OfKey(tenant.name(), team, key.name()), key.limits(), tenant.zone());
            path.addAll(own);
            limits.addAll(own);
            Caller caller = new Caller(tenant.name(), team, key.user(), key.name(), tenant.tier());
            long expires = key.expires().map(Snapshot::micros).orElse(Long.MAX_VALUE);
            principals.put(key.digest(), new Principal(caller, plan.tier(), tenant.disclosure(), expires, path));
        }
    }

    private static List<Limit> bind(Place place, List<LimitSpec> specs, ZoneId zone) {
        return specs.stream().map(spec -> Limit.of(place, spec, zone)).toList();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
