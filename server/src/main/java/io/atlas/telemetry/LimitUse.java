package io.atlas.telemetry;

import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import java.util.OptionalDouble;

/** How full a limit is. */
public record LimitUse(Limit limit, Level level) {
    /** The used share of what the limit can take: 1 is full, more is debt. */
    public double usedRatio() {
        return (double) level.used() / limit.spec().capacity();
    }

    /** What the hour and the load make of its declared amount; nothing where it does not follow them. */
    OptionalDouble factor() {
        return limit.spec().elasticity().stream()
                .mapToDouble(how -> (double) limit.spec().amount() / how.amount())
                .findFirst();
    }
}
