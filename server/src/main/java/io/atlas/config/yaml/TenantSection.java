package io.atlas.config.yaml;

import io.atlas.config.Team;
import io.atlas.config.Tenant;
import io.atlas.config.Tenant.Disclosure;
import io.atlas.config.TierPlan;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Scope;
import io.atlas.kernel.route.Saving;
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
import java.util.function.Predicate;

/** The section {@code tenants}. */
final class TenantSection {
    private static final Grammar<Disclosure> DISCLOSURE =
            Scalars.word(Map.of("full", Disclosure.FULL, "minimal", Disclosure.MINIMAL));

    private final Source source;
    private final Map<String, TierPlan> tiers;
    private final Collection<Model> models;
    private final LimitSection limits;
    private final MemberSection members;

    /** A reader of tenants that may be on these tiers. */
    TenantSection(
            Source source,
            Map<String, TierPlan> tiers,
            Map<String, Model> models,
            LimitSection limits,
            MemberSection members) {
        this.source = source;
        this.tiers = tiers;
        this.models = models.values();
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
        Tenant tenant = new Tenant(
                name,
                tier.orElse(""),
                zone,
                own,
                teams,
                members.read(fields, name, reach),
                whenLow(fields.fields("routing")),
                fields.optional("disclosure", DISCLOSURE).orElse(Disclosure.FULL));
        fields.finish();
        return tenant;
    }

    private Optional<List<Saving>> whenLow(Fields routing) {
        Optional<List<Saving>> order = routing.has(TierSection.WHEN_LOW)
                ? Optional.of(TierSection.whenLow(source, routing))
                : Optional.empty();
        routing.finish("prefer");
        return order;
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
