package io.atlas.kernel.forecast;

import io.atlas.kernel.unit.Window;

/**
 * How fast a calendar limit is spent, as it follows from how much was used of it at the moments at which somebody looked:
 * an average of the pace in which what is a twenty-fourth of the window ago counts half (of a day an hour, of a month
 * thirty). It is the exponential moving average of unevenly spaced observations (EMA_next of Eckner, "Algorithms for
 * Unevenly Spaced Time Series: Moving Averages and Other Rolling Operators", 2019), divided by the weight of what is known.
 *
 * <p>Nothing is known of the time before the first look but how much of the window was used by then; so it is taken as
 * used evenly since the window began. Where less than half of the weight is known the rest counts as quiet: the first
 * requests of a new limit foretell nothing. When a window turns the pace goes on. A clock that stepped back stands still.
 *
 * @param window that was current when somebody looked last
 * @param used of that window then, in the unit of the limit
 * @param atMicros when that was, in epoch microseconds
 * @param sum the decayed average of the pace, in units a microsecond, where what is unknown counts as quiet
 * @param weight how much of the whole weight is known, from 0 to 1
 */
public record BurnRate(Window window, long used, long atMicros, double sum, double weight) {
    /** So many half-lives have one window. */
    private static final double HALF_LIVES = 24;

    private static final double LEAST_WEIGHT = 0.5;

    /** Of a limit that nobody has looked at: nothing was used when its window began. */
    public static BurnRate unknown(Window window) {
        return new BurnRate(window, 0, window.startMicros(), 0, 0);
    }

    /** What follows where so much is used of the window that is current now. */
    public BurnRate seen(long usedNow, Window current, long nowMicros) {
        if (nowMicros <= atMicros) {
            return this;
        }
        boolean turned = current.startMicros() != window.startMicros();
        double micros = nowMicros - atMicros;
        double pace = Math.max(0, usedNow - (turned ? 0 : used)) / micros;
        double fresh = -Math.expm1(-Math.log(2) * micros / halfLifeMicros(current));
        return new BurnRate(current, usedNow, nowMicros, sum + fresh * (pace - sum), weight + fresh * (1 - weight));
    }

    /** What will happen if it goes on like that, where so much is left. */
    public Forecast forecast(long remaining) {
        double perMicro = sum / Math.max(weight, LEAST_WEIGHT);
        long leftMicros = Math.max(0, window.endMicros() - atMicros);
        return Forecast.of(perMicro, remaining, atMicros, atMicros + leftMicros);
    }

    private static double halfLifeMicros(Window window) {
        return (window.endMicros() - window.startMicros()) / HALF_LIVES;
    }
}
