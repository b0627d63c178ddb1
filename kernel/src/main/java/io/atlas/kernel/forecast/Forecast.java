package io.atlas.kernel.forecast;

import java.util.OptionalLong;

/**
 * What becomes of a budget if it is spent as fast as it is now.
 *
 * @param perHour what is spent in an hour, in the unit of the limit
 * @param needed what would be spent until the window ends
 * @param exhaustedAtMicros when nothing will be left, in epoch microseconds; absent where something is left at the end
 */
public record Forecast(long perHour, long needed, OptionalLong exhaustedAtMicros) {
    private static final double MICROS_PER_HOUR = 3_600_000_000.0;

    static Forecast of(double perMicro, long remaining, long nowMicros, long endMicros) {
        double needed = perMicro * (endMicros - nowMicros);
        boolean lasts = needed <= remaining;
        return new Forecast(
                Math.round(perMicro * MICROS_PER_HOUR),
                (long) Math.ceil(needed),
                lasts ? OptionalLong.empty() : OptionalLong.of(nowMicros + (long) (remaining / perMicro)));
    }
}
