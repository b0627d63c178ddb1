package io.atlas.burn;

import io.atlas.kernel.forecast.BurnRate;
import io.atlas.kernel.forecast.Forecast;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Window;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast each calendar limit is spent, as this node sees it: from the levels that requests and questions look at anyway,
 * wherever the counters are. Nothing of it is kept; after a start the first look takes what is used as used evenly since
 * the window began.
 *
 * <p>It is remembered for so many limits. Of more of them each look is the first one; those whose window is over make room.
 */
public final class BurnRates {
    /** The most that are remembered. */
    static final int MOST_REMEMBERED = 65_536;

    /** A look so soon after the one before tells nothing new, unless much was used since. */
    private static final long GRAIN_MICROS = 1_000_000;

    /** One part of so many of the amount is much. */
    private static final long GRAINS = 1_024;

    private static final long TIDY_MICROS = 60_000_000;

    private final Map<String, BurnRate> rates = new ConcurrentHashMap<>();
    private final AtomicLong tidiedMicros = new AtomicLong();

    /** Takes note of how full a limit is; of one that does not follow the calendar it takes none. */
    public void see(Limit limit, Level level, long nowMicros) {
        if (limit.spec().calendar()) {
            rate(limit, level, nowMicros);
        }
    }

    /** What becomes of a calendar limit that is that full. What is held counts as spent, as it may be. */
    public Forecast forecast(Limit limit, Level level, long nowMicros) {
        return rate(limit, level, nowMicros).forecast(level.remaining(limit.spec()));
    }

    /** What is left of a calendar limit that is that full when saving begins, in its unit. */
    public long lowWater(Limit limit, Level level, long nowMicros) {
        return switch (limit.spec().mark()) {
            case LimitSpec.LowWater.Share _ -> limit.spec().lowWater();
            case LimitSpec.LowWater.Auto _ ->
                Math.min(
                        limit.spec().capacity(),
                        forecast(limit, level, nowMicros).needed());
        };
    }

    private BurnRate rate(Limit limit, Level level, long nowMicros) {
        Optional<BurnRate> known = Optional.ofNullable(rates.get(limit.id()));
        return known.filter(rate -> tellsNothingNew(rate, limit, level, nowMicros))
                .orElseGet(() -> next(known, limit, level, nowMicros));
    }

    private static boolean tellsNothingNew(BurnRate known, Limit limit, Level level, long nowMicros) {
        return nowMicros - known.atMicros() < GRAIN_MICROS
                && known.window().endMicros() == level.resetsAtMicros()
                && level.used() - known.used() < Math.max(1, limit.spec().capacity() / GRAINS);
    }

    private BurnRate next(Optional<BurnRate> known, Limit limit, Level level, long nowMicros) {
        Window window = known.map(BurnRate::window)
                .filter(current -> current.endMicros() == level.resetsAtMicros())
                .orElseGet(() -> Window.of(limit.spec().per().orElseThrow(), limit.zone(), nowMicros));
        BurnRate now = known.orElseGet(() -> BurnRate.unknown(window)).seen(level.used(), window, nowMicros);
        if (known.isPresent() || room(nowMicros)) {
            rates.put(limit.id(), now);
        }
        return now;
    }

    private boolean room(long nowMicros) {
        if (rates.size() < MOST_REMEMBERED) {
            return true;
        }
        long tidied = tidiedMicros.get();
        if (nowMicros - tidied > TIDY_MICROS && tidiedMicros.compareAndSet(tidied, nowMicros)) {
            rates.values().removeIf(rate -> rate.window().endMicros() < nowMicros);
        }
        return rates.size() < MOST_REMEMBERED;
    }
}
