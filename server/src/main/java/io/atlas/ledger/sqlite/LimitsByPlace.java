package io.atlas.ledger.sqlite;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Finds what is kept for each limit that counts an account, without looking at the others. */
final class LimitsByPlace<T> {
    private final Map<Place, List<T>> places = new HashMap<>();
    private final Function<T, Limit> limitOf;
    private final Map<String, String> classOfModel;

    LimitsByPlace(List<T> kept, Function<T, Limit> limitOf, Map<String, String> classOfModel) {
        this.limitOf = limitOf;
        this.classOfModel = classOfModel;
        for (T one : kept) {
            places.computeIfAbsent(limitOf.apply(one).place(), _ -> new ArrayList<>(4))
                    .add(one);
        }
    }

    /** What is kept for the limits on the account's path. */
    List<T> over(Account account) {
        String modelClass = classOfModel.getOrDefault(account.model(), "");
        List<T> found = new ArrayList<>();
        for (Place place : path(account)) {
            for (T one : places.getOrDefault(place, List.of())) {
                if (limitOf.apply(one).spec().narrowing().covers(account.model(), modelClass)) {
                    found.add(one);
                }
            }
        }
        return found;
    }

    private static List<Place> path(Account account) {
        String tenant = account.tenant();
        Optional<String> team = Account.optional(account.team());
        List<Place> path = new ArrayList<>(6);
        path.add(new Place.OfGateway());
        path.add(new Place.OfModel(account.model()));
        path.add(new Place.OfTenant(tenant));
        team.ifPresent(name -> path.add(new Place.OfTeam(tenant, name)));
        Account.optional(account.user()).ifPresent(user -> path.add(new Place.OfUser(tenant, team, user)));
        path.add(new Place.OfKey(tenant, team, account.key()));
        return path;
    }
}
