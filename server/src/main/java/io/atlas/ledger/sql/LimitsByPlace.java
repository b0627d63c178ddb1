package io.atlas.ledger.sql;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.Paths;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Finds what is kept for the limits that count a line, without looking at all the others. */
final class LimitsByPlace<T> {
    private final Map<Place, List<T>> places = new HashMap<>();
    private final Map<Long, List<T>> callers = new HashMap<>();
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

    /** Whether it matters to any of the limits which model served, or which limits others stood in for. */
    boolean lookAtTerms() throws SQLException {
        return names.standIns()
                || places.values().stream()
                        .flatMap(List::stream)
                        .map(limitOf)
                        .anyMatch(limit -> limit.place() instanceof Place.OfModel
                                || !(limit.spec().narrowing() instanceof Narrowing.Whole));
    }

    /** Gives what is kept for the limits on the path of that caller, served on those terms. */
    void forEach(long caller, long terms, Consumer<T> action) throws SQLException {
        Names.Terms of = names.terms(terms);
        String model = of.model();
        String modelClass = names.classOf(model);
        List<T> ofModel = places.getOrDefault(new Place.OfModel(model), List.of());
        List<T> ofStandIn = of.instead().isEmpty() ? List.of() : ofStandIn(caller);
        for (List<T> kept : List.of(ofModel, ofCaller(caller), ofStandIn)) {
            for (T one : kept) {
                Limit limit = limitOf.apply(one);
                if (limit.spec().narrowing().covers(model, modelClass) && !limit.isAmong(of.instead())) {
                    action.accept(one);
                }
            }
        }
    }

    private List<T> ofStandIn(long caller) throws SQLException {
        return places.getOrDefault(new Place.OfStandIn(names.caller(caller).tenant()), List.of());
    }

    private List<T> ofCaller(long number) throws SQLException {
        List<T> known = callers.get(number);
        if (known != null) {
            return known;
        }
        Caller caller = names.caller(number);
        List<T> found = new ArrayList<>(2);
        for (Place place : Paths.of(caller)) {
            for (T one : places.getOrDefault(place, List.of())) {
                if (has(caller, limitOf.apply(one))) {
                    found.add(one);
                }
            }
        }
        callers.put(number, found);
        return found;
    }

    /** What an end user has of a tier counts only what he used on a tier that has it. */
    private boolean has(Caller caller, Limit limit) {
        return !(limit.place() instanceof Place.OfEndUser)
                || limit.spec().each().isPresent()
                || names.sortsOf(caller.tier()).contains(limit.spec().sort());
    }
}
