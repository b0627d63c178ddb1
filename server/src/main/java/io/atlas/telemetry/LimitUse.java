package io.atlas.telemetry;

import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;

/** How full a limit is. */
public record LimitUse(Limit limit, Level level) {
    /** The used share of what the limit can take: 1 is full, more is debt. */
    public double usedRatio() {
        return (double) level.used() / limit.spec().capacity();
    }
}
