package io.atlas.config.rule;

import io.atlas.config.Configuration;
import io.atlas.config.Key;
import io.atlas.config.Members;
import io.atlas.config.Team;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.model.Model;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Limits that can never refuse a request: one that counts all of the same traffic, and more, always refuses it first. */
public final class Futile {
    private static final String LIMITS = "limits";

    private final Configuration configuration;
    private final List<Remark> remarks = new ArrayList<>();

    private Futile(Configuration configuration) {
        this.configuration = configuration;
    }

    /** All of them. */
    public static List<Remark> limits(Configuration configuration) {
        Futile futile = new Futile(configuration);
        List<Limit> gateway = bind(new Place.OfGateway(), configuration.limits(), ZoneOffset.UTC);
        futile.look(List.of(LIMITS), gateway, List.of());
        configuration.models().values().forEach(model -> futile.look(model, gateway));
        configuration.tiers().values().forEach(futile::look);
        configuration.tenants().values().forEach(tenant -> futile.look(tenant, gateway));
        return List.copyOf(futile.remarks);
    }

    private void look(Model model, List<Limit> gateway) {
        List<Limit> own = bind(new Place.OfModel(model.name()), model.limits(), ZoneOffset.UTC);
        look(List.of("models", model.name(), LIMITS), own, gateway);
    }

    /** A tier's limits among themselves; where they sit is known only of its tenants. */
    private void look(TierPlan plan) {
        String name = plan.tier().name();
        List<Limit> own = bind(new Place.OfTenant("tiers." + name), plan.limits(), ZoneOffset.UTC);
        look(List.of("tiers", name, LIMITS), own, List.of());
    }

    private void look(Tenant tenant, List<Limit> gateway) {
        List<String> path = List.of("tenants", tenant.name());
        Place.OfTenant place = new Place.OfTenant(tenant.name());
        List<LimitSpec> ofTier = Optional.ofNullable(configuration.tiers().get(tenant.tier()))
                .map(TierPlan::limits)
                .orElse(List.of());
        List<Limit> effective = Limit.ofTenant(place, ofTier, tenant.limits(), tenant.zone());
        List<Limit> own = bind(place, tenant.limits(), tenant.zone());
        List<Limit> above = with(gateway, effective);
        look(with(path, LIMITS), own, above);
        look(path, tenant, Optional.empty(), tenant.members(), above);
        for (Team team : tenant.teams().values()) {
            List<String> teamPath = with(with(path, "teams"), team.name());
            List<Limit> ofTeam = bind(new Place.OfTeam(tenant.name(), team.name()), team.limits(), tenant.zone());
            look(with(teamPath, LIMITS), ofTeam, above);
            look(teamPath, tenant, Optional.of(team.name()), team.members(), with(above, ofTeam));
        }
    }

    private void look(List<String> path, Tenant tenant, Optional<String> team, Members members, List<Limit> above) {
        members.users().forEach((user, limits) -> {
            List<Limit> own = bind(new Place.OfUser(tenant.name(), team, user), limits, tenant.zone());
            look(with(with(with(path, "users"), user), LIMITS), own, above);
        });
        for (Key key : members.keys().values()) {
            List<Limit> ofUser = key.user()
                    .map(user -> bind(
                            new Place.OfUser(tenant.name(), team, user),
                            members.users().getOrDefault(user, List.of()),
                            tenant.zone()))
                    .orElse(List.of());
            List<Limit> own = bind(new Place.OfKey(tenant.name(), team, key.name()), key.limits(), tenant.zone());
            look(with(with(with(path, "keys"), key.name()), LIMITS), own, with(above, ofUser));
        }
    }

    private void look(List<String> path, List<Limit> own, List<Limit> above) {
        for (int i = 0; i < own.size(); i++) {
            Limit limit = own.get(i);
            String index = Integer.toString(i);
            with(above, own).stream()
                    .filter(wider -> !wider.id().equals(limit.id()))
                    .filter(wider -> wider.spec().enforced())
                    // What changes with the hour or the load may be the tighter one at another time.
                    .filter(wider -> wider.spec().elasticity().isEmpty()
                            && limit.spec().elasticity().isEmpty())
                    // One for each counts what one of them does, and never all of the other's traffic.
                    .filter(wider -> wider.spec().each().isEmpty())
                    .filter(wider -> counts(narrowing(wider), narrowing(limit)) && Tightness.binds(wider, limit))
                    .findFirst()
                    .ifPresent(wider -> remarks.add(new Remark(
                            with(path, index),
                            limit.spec().sort() + ": never reached (expected: less than " + wider.id()
                                    + " lets through)")));
        }
    }

    private static Narrowing narrowing(Limit limit) {
        return limit.place() instanceof Place.OfModel of
                ? new Narrowing.ToModel(of.model())
                : limit.spec().narrowing();
    }

    /** Whether the wider narrowing covers whatever the other does. */
    private boolean counts(Narrowing wider, Narrowing other) {
        boolean classOfModel = other instanceof Narrowing.ToModel to
                && wider instanceof Narrowing.ToClass of
                && Optional.ofNullable(configuration.models().get(to.model()))
                        .filter(model -> model.modelClass().equals(of.modelClass()))
                        .isPresent();
        return wider instanceof Narrowing.Whole || wider.equals(other) || classOfModel;
    }

    private static List<Limit> bind(Place place, List<LimitSpec> specs, ZoneId zone) {
        return specs.stream().map(spec -> Limit.of(place, spec, zone)).toList();
    }

    private static <T> List<T> with(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static List<String> with(List<String> path, String name) {
        return with(path, List.of(name));
    }
}
