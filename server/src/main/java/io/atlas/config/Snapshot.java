package io.atlas.config;

import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reach;
import io.atlas.kernel.tenant.Caller;
import io.atlas.model.Model;
import io.atlas.model.PoolMove;
import io.atlas.secret.Digest;
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
    private static final LimitPath NO_LIMITS = new LimitPath(List.of());

    private final Configuration configuration;
    private final Map<String, List<IssuedKey>> issued;
    private final Map<Digest, Principal> principals = new HashMap<>();
    private final Map<Place.OfKey, Audience> audiences = new HashMap<>();
    private final Map<String, List<Limit>> limitsOfModels = new HashMap<>();
    private final Map<String, LimitPath> pools = new HashMap<>();
    private final Map<String, List<Limit>> standIns = new HashMap<>();
    private final Set<Limit> limits = new LinkedHashSet<>();

    /** A tenant, its tier, and the limits that it has by both. */
    private record House(Tenant tenant, TierPlan plan, List<Limit> ofTenant) {}

    /** Resolves the configuration, with the keys that it names itself. */
    public Snapshot(Configuration configuration) {
        this(configuration, List.of(), List.of());
    }

    /**
     * Resolves the configuration, with the keys issued beside it, and with what was moved between its pools; a key whose
     * place it does not have stands for nobody, and of a pool that it does not have nothing is moved.
     */
    public Snapshot(Configuration configuration, List<IssuedKey> issued, List<PoolMove> moves) {
        this.configuration = configuration;
        this.issued = issued.stream().collect(Collectors.groupingBy(IssuedKey::tenant));
        configuration
                .models()
                .values()
                .forEach(model -> limitsOfModels.put(
                        model.name(), bind(new Place.OfModel(model.name()), model.limits(), ZoneOffset.UTC)));
        limitsOfModels.values().forEach(limits::addAll);
        limits.addAll(new Reach(gateway(), Map.of(), ZoneOffset.UTC).limits());
        configuration
                .pools()
                .values()
                .forEach(pool -> pools.put(
                        pool.name(),
                        new LimitPath(bind(
                                new Place.OfPool(pool.name()), pool.with(moves).given(), ZoneOffset.UTC))));
        pools.values().forEach(path -> limits.addAll(path.limits()));
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
    public LimitPath path(Principal principal, Model model) {
        return principal.paths().to(model, limitsOf(model));
    }

    /** The limits of an upstream quota; none of one that is not known. */
    public LimitPath pool(String name) {
        return pools.getOrDefault(name, NO_LIMITS);
    }

    /** The limits that stand in for those of a tenant's tier once they are used up. */
    public List<Limit> standIns(String tenant) {
        return standIns.getOrDefault(tenant, List.of());
    }

    /** The people behind that key, where it speaks for any. */
    public Optional<Audience> audience(Place.OfKey key) {
        return Optional.ofNullable(audiences.get(key));
    }

    /** The people behind all keys that speak for any. */
    public Stream<Audience> audiences() {
        return audiences.values().stream();
    }

    /** Everyone who holds a key. */
    public Stream<Principal> principals() {
        return principals.values().stream();
    }

    /** Every limit there is but those of end users, each once; also where nobody has a key yet, as one may be issued at any time. */
    public List<Limit> limits() {
        return List.copyOf(limits);
    }

    private List<Limit> gateway() {
        return bind(new Place.OfGateway(), configuration.limits(), ZoneOffset.UTC);
    }

    private void resolve(Tenant tenant) {
        TierPlan plan = configuration.tiers().get(tenant.tier());
        if (plan == null) {
            throw new IllegalArgumentException(
                    "tier of " + tenant.name() + ": " + tenant.tier() + " (expected: a known one)");
        }
        Place.OfTenant place = new Place.OfTenant(tenant.name());
        List<Limit> ofTenant = Limit.ofTenant(place, plan.limits(), tenant.limits(), tenant.zone());
        plan.whenExhausted().ifPresent(standIn -> {
            Place.OfStandIn there = new Place.OfStandIn(tenant.name());
            standIns.put(tenant.name(), Limit.ofStandIn(there, standIn.limits(), tenant.zone()));
            limits.addAll(standIns(tenant.name()));
        });
        List<Limit> above = gateway();
        House house = new House(tenant, plan, ofTenant);
        resolve(house, Optional.empty(), tenant.members(), above);
        for (Team team : tenant.teams().values()) {
            List<Limit> inTeam = new ArrayList<>(above);
            inTeam.addAll(bind(new Place.OfTeam(tenant.name(), team.name()), team.limits(), tenant.zone()));
            resolve(house, Optional.of(team.name()), team.members(), inTeam);
        }
    }

    private void resolve(House house, Optional<String> team, Members members, List<Limit> above) {
        Stream<Key> beside = issued.getOrDefault(house.tenant.name(), List.of()).stream()
                .filter(key -> key.team().equals(team))
                .map(IssuedKey::key)
                .filter(key -> !members.keys().containsKey(key.name()))
                .filter(key -> key.user().isEmpty()
                        || members.users().containsKey(key.user().get()));
        limits.addAll(reach(house, team, above, Map.of()).with(house.ofTenant).limits());
        members.users().forEach((name, specs) -> {
            Place.OfUser user = new Place.OfUser(house.tenant.name(), team, name);
            List<Limit> declared = new ArrayList<>(above);
            declared.addAll(bind(user, specs, house.tenant.zone()));
            limits.addAll(reach(house, team, declared, Map.of(Each.USER, user))
                    .with(house.ofTenant)
                    .limits());
        });
        Stream.concat(members.keys().values().stream(), beside)
                .forEach(key -> resolve(house, team, members, above, key));
    }

    private void resolve(House house, Optional<String> team, Members members, List<Limit> above, Key key) {
        Tenant tenant = house.tenant;
        Place.OfKey place = new Place.OfKey(tenant.name(), team, key.name());
        Place.OfUser user = new Place.OfUser(tenant.name(), team, key.user().orElse(Each.NO_USER));
        List<Limit> declared = new ArrayList<>(above);
        declared.addAll(bind(user, members.users().getOrDefault(user.user(), List.of()), tenant.zone()));
        declared.addAll(bind(place, key.limits(), tenant.zone()));
        Reach reach = reach(house, team, declared, Map.of(Each.USER, user, Each.KEY, place));
        Reach whole = reach.with(house.ofTenant);
        limits.addAll(whole.limits());
        Optional<Audience> audience =
                key.endUsers().map(terms -> new Audience(place, terms, claimable(terms), shared(whole), tenant.zone()));
        audience.ifPresent(people -> audiences.put(place, people));
        principals.put(
                key.digest(),
                new Principal(
                        new Caller(tenant.name(), team, key.user(), key.name(), tenant.tier()),
                        house.plan.tier(),
                        house.plan.tier(),
                        tenant.disclosure(),
                        key.expires().map(Snapshot::micros).orElse(Long.MAX_VALUE),
                        reach,
                        new Principal.Paths(whole.limits()),
                        audience));
    }

    private static Reach reach(House house, Optional<String> team, List<Limit> declared, Map<Each, Place> below) {
        Map<Each, Place> ones = new HashMap<>(below);
        team.ifPresent(name -> ones.put(Each.TEAM, new Place.OfTeam(house.tenant.name(), name)));
        return new Reach(declared, ones, house.tenant.zone());
    }

    private Map<String, TierPlan> claimable(Key.EndUsers terms) {
        Map<String, TierPlan> plans = new HashMap<>(configuration.tiers());
        plans.keySet().retainAll(terms.mayClaim());
        return plans;
    }

    private static List<Limit> shared(Reach reach) {
        return reach.declared().stream()
                .filter(limit -> limit.spec().each().equals(Optional.of(Each.END_USER)))
                .toList();
    }

    private static List<Limit> bind(Place place, List<LimitSpec> specs, ZoneId zone) {
        return specs.stream().map(spec -> Limit.of(place, spec, zone)).toList();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
