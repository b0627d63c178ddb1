package io.atlas.config.yaml;

import io.atlas.config.Team;
import io.atlas.config.Tenant;
import io.atlas.config.Tenant.Disclosure;
import io.atlas.config.TierPlan;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Scope;
import io.atlas.model.Model;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** The section {@code tenants}. */
final class TenantSection {
    private static final Grammar<Disclosure> DISCLOSURE =
            Scalars.word(Map.of("full", Disclosure.FULL, "minimal", Disclosure.MINIMAL));

    private final Source source;
    private final Map<String, TierPlan> tiers;
    private final Collection<Model> models;
    private final Grammar<String> backend;
    private final LimitSection limits;
    private final MemberSection members;

    /** What may serve tenants, by name. */
    record World(Map<String, Model> models, Set<String> backends) {}

    /** A reader of tenants that may be on these tiers. */
    TenantSection(Source source, Map<String, TierPlan> tiers, World world, LimitSection limits, MemberSection members) {
        this.source = source;
        this.tiers = tiers;
        this.models = world.models.values();
        this.backend = Naming.BACKEND.known(world.backends);
        this.limits = limits;
        this.members = members;
    }

    /** The tenants by name, those with errors as far as they could be read. */
    Map<String, Tenant> read(Fields root) {
        Map<String, Tenant> tenants = new LinkedHashMap<>();
        root.named("tenants", Naming.TENANT).forEach((name, fields) -> tenants.put(name, tenant(name, fields)));
        return tenants;
    }

    private Tenant tenant(String name, Fields fields) {
        Optional<String> tier = fields.required("tier", Naming.TIER.known(tiers.keySet()));
        Predicate<Narrowing> reach = reach(tier);
        ZoneId zone = fields.optional("zone", Scalars.ZONE).orElse(ZoneOffset.UTC);
        List<LimitSpec> own = limits.read(fields, Scope.TENANT, reach);
        Map<String, Team> teams = new LinkedHashMap<>();
        fields.named("teams", Naming.TEAM).forEach((team, of) -> teams.put(team, team(name, team, of, reach)));
        Fields routing = fields.fields("routing");
        Tenant tenant = new Tenant(
                name,
                tier.orElse(""),
                zone,
                own,
                teams,
                members.read(fields, name, reach),
                own(routing, TierSection.WHEN_LOW, of -> TierSection.whenLow(source, of)),
                own(routing, TierSection.PREFER, of -> TierSection.prefer(source, of, backend)),
                fields.optional("disclosure", DISCLOSURE).orElse(Disclosure.FULL));
        routing.finish();
        fields.finish();
        return tenant;
    }

    private static <T> Optional<List<T>> own(Fields routing, String key, Function<Fields, List<T>> reading) {
        return routing.has(key) ? Optional.of(reading.apply(routing)) : Optional.empty();
    }

    private Team team(String tenant, String name, Fields fields, Predicate<Narrowing> reach) {
        Team team = new Team(
                name, limits.read(fields, Scope.TEAM, reach), members.read(fields, tenant + "/" + name, reach));
        fields.finish();
        return team;
    }

    private Predicate<Narrowing> reach(Optional<String> tier) {
        return tier.map(tiers::get)
                .map(plan -> TierSection.reach(plan.tier(), models))
                .orElse(_ -> true);
    }
}
