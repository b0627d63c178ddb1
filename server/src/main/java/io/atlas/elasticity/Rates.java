package io.atlas.elasticity;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.elasticity.Schedule;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the limits say now that change while they are in force. Immutable, swapped as a whole.
 *
 * @param now those in force, by their ids
 * @param any whether any limit changes at all: also one of end users, which is in force with whoever asks
 */
record Rates(Map<String, Limit> now, boolean any) {
    static final Rates NONE = new Rates(Map.of(), false);

    Rates {
        now = Map.copyOf(now);
    }

    /** What the limit says now: by the schedule alone, where it is not one of those in force. */
    Limit of(Limit limit, long nowMicros) {
        LimitSpec spec = limit.spec();
        if (spec.elasticity().isEmpty()) {
            return limit;
        }
        LimitSpec says = Optional.ofNullable(now.get(limit.id()))
                .filter(known -> known.zone().equals(limit.zone()))
                .map(Limit::spec)
                .filter(known -> known.declared().equals(spec.declared()))
                .orElseGet(() -> spec.at(nowMicros, limit.zone()));
        return limit.saying(says);
    }

    /** The same for who shows it: also since when. */
    Limit shown(Limit limit, long nowMicros) {
        Limit current = of(limit, nowMicros);
        Optional<Schedule> schedule = current.spec().elasticity().flatMap(Elasticity::schedule);
        boolean known = now.containsKey(limit.id()) || schedule.isEmpty();
        return known
                ? current
                : current.saying(
                        current.spec().since(schedule.orElseThrow().lastChangeMicros(nowMicros, current.zone())));
    }

    /** What these say now, in their order. */
    List<Limit> of(List<Limit> limits, long nowMicros) {
        return limits.stream().map(limit -> of(limit, nowMicros)).toList();
    }

    /** The path as a store is to be asked. Of what is in force it knows itself what it says. */
    LimitPath path(LimitPath path, long nowMicros) {
        for (Limit limit : path.limits()) {
            if (limit.place() instanceof Place.OfEndUser
                    && limit.spec().elasticity().isPresent()) {
                return new LimitPath(of(path.limits(), nowMicros));
            }
        }
        return path;
    }
}
