package io.atlas.answer;

import io.atlas.answer.LimitJson.Outlook;
import io.atlas.burn.BurnRates;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import java.util.Optional;
import java.util.function.BiFunction;

/** What is foretold of limits. */
public final class Outlooks {
    private Outlooks() {}

    /** By the pace at which they are spent at that moment. */
    public static BiFunction<Limit, Level, Outlook> by(BurnRates rates, long nowMicros) {
        return (limit, level) -> limit.spec().calendar()
                ? new Outlook(
                        rates.lowWater(limit, level, nowMicros), Optional.of(rates.forecast(limit, level, nowMicros)))
                : new Outlook(limit.spec().lowWater(), Optional.empty());
    }
}
