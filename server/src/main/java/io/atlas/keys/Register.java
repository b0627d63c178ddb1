package io.atlas.keys;

import io.atlas.config.Configuration;
import io.atlas.config.Key;
import io.atlas.config.Members;
import io.atlas.config.Team;
import io.atlas.config.Tenant;
import io.atlas.kernel.quota.Place;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The places that a configuration has for keys, and the keys that it has there itself. */
record Register(Configuration configuration) {
    /** Why no key can be issued at that place, for that user; empty where one can. */
    Optional<Outcome.Refused> refusal(String tenant, Optional<String> team, Optional<String> user) {
        Map<String, Tenant> tenants = configuration.tenants();
        Tenant of = tenants.get(tenant);
        if (of == null) {
            return Optional.of(new Outcome.UnknownPlace("tenant", tenant, tenants.keySet()));
        }
        if (team.isPresent() && !of.teams().containsKey(team.orElseThrow())) {
            return Optional.of(new Outcome.UnknownPlace(
                    "team of " + tenant, team.orElseThrow(), of.teams().keySet()));
        }
        Members members = members(of, team).orElseThrow();
        return user.filter(name -> !members.users().containsKey(name)).map(name -> {
            String there = team.map(some -> tenant + "/" + some).orElse(tenant);
            return new Outcome.UnknownPlace(
                    "user of " + there, name, members.users().keySet());
        });
    }

    /** Whether the configuration has a key of its own at that place. */
    boolean owns(Place.OfKey place) {
        return Optional.ofNullable(configuration.tenants().get(place.tenant()))
                .flatMap(tenant -> members(tenant, place.team()))
                .filter(members -> members.keys().containsKey(place.key()))
                .isPresent();
    }

    /** The configuration's own keys as a list shows them. */
    Stream<ListedKey> keys(Instant now) {
        return configuration.tenants().values().stream()
                .flatMap(tenant -> Stream.concat(
                        keys(tenant, Optional.empty(), now),
                        tenant.teams().keySet().stream().flatMap(team -> keys(tenant, Optional.of(team), now))));
    }

    private static Stream<ListedKey> keys(Tenant tenant, Optional<String> team, Instant now) {
        return members(tenant, team).stream()
                .flatMap(members -> members.keys().values().stream())
                .map(key -> listed(new Place.OfKey(tenant.name(), team, key.name()), key, now));
    }

    private static ListedKey listed(Place.OfKey place, Key key, Instant now) {
        return ListedKey.ofFile(place, key.user(), key.expires(), now);
    }

    private static Optional<Members> members(Tenant tenant, Optional<String> team) {
        return team.isEmpty()
                ? Optional.of(tenant.members())
                : team.map(tenant.teams()::get).map(Team::members);
    }
}
