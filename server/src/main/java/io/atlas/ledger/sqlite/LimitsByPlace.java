package io.atlas.ledger.sqlite;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds what is kept for the limits that count a line, without looking at all the others. */
final class LimitsByPlace<T> {
    private record Line(long caller, long terms) {}

    private final Map<Place, List<T>> places = new HashMap<>();
    private final Map<Line, List<T>> found = new HashMap<>();
    private final Function<T, Limit> limitOf;
    private final Names names;

    LimitsByPlace(List<T> kept, Function<T, Limit> limitOf, Names names) {
        this.limitOf = limitOf;
        this.names = names;
        for (T one : kept) {
            places.computeIfAbsent(limitOf.apply(one).place(), _ -> new ArrayList<>(2))
                    .add(one);
        }
    }

    /** What is kept for the limits on the path of that caller, served on those terms. */
    List<T> over(long caller, long terms) throws SQLException {
        Line line = new Line(caller, terms);
        List<T> known = found.get(line);
        if (known != null) {
            return known;
        }
        List<T> over = search(names.caller(caller), names.model(terms));
        found.put(line, over);
        return over;
    }

    private List<T> search(Caller caller, String model) {
        String modelClass = names.classOf(model);
        List<T> over = new ArrayList<>(2);
        for (Place place : path(caller, model)) {
            for (T one : places.getOrDefault(place, List.of())) {
                if (limitOf.apply(one).spec().narrowing().covers(model, modelClass)) {
                    over.add(one);
                }
            }
        }
        return over;
    }

    private static List<Place> path(Caller caller, String model) {
        List<Place> path = new ArrayList<>(6);
        path.add(new Place.OfGateway());
        path.add(new Place.OfModel(model));
        path.add(new Place.OfTenant(caller.tenant()));
        caller.team().ifPresent(team -> path.add(new Place.OfTeam(caller.tenant(), team)));
        caller.user().ifPresent(user -> path.add(new Place.OfUser(caller.tenant(), caller.team(), user)));
        path.add(new Place.OfKey(caller.tenant(), caller.team(), caller.key()));
        return path;
    }
}
