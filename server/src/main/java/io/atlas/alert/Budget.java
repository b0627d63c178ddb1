package io.atlas.alert;

import io.atlas.kernel.forecast.Forecast;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Scope;
import io.atlas.kernel.unit.Window;

/** A calendar limit, how much of it is used in its current window, and what becomes of it at this pace. */
public record Budget(Limit limit, Level level, Window window, Forecast forecast) {
    /** Whether alerts can be about that limit: it follows the calendar, and is of the gateway, a model, a tenant or a team. */
    public static boolean is(Limit limit) {
        return limit.spec().calendar() && limit.place().scope().compareTo(Scope.TEAM) <= 0;
    }

    /** Whether it has come to that. What open requests hold is not used yet, but a forecast counts it as spent. */
    public boolean reached(Mark mark) {
        LimitSpec spec = limit.spec();
        return switch (mark) {
            case Mark.Share share -> level.used() >= Math.ceilDiv(spec.capacity() * share.percent(), 100);
            case Mark.Forecast _ ->
                level.used() < spec.capacity() && forecast.exhaustedAtMicros().isPresent();
        };
    }

    /** The used part of the amount; above 1 is debt. */
    public double share() {
        return (double) level.used() / limit.spec().capacity();
    }
}
