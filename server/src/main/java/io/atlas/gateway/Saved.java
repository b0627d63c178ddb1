package io.atlas.gateway;

import io.atlas.exchange.Trail;
import io.atlas.gateway.Settle.Settled;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.unit.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request would have cost more as it was asked: at the price of the asked model, and with all of its prompt. */
final class Saved {
    private Saved() {}

    /** A step for each way in which something was saved. */
    static List<Step> of(Trail trail, Settled settled, long afterMicros) {
        Optional<Price> price =
                trail.caller().snapshot().model(trail.asked().model()).map(model -> model.price());
        boolean fellBack = trail.steps().stream().anyMatch(Step.FellBack.class::isInstance);
        if (fellBack || price.isEmpty() || !settled.charge().charged()) {
            return List.of();
        }
        List<Step> saved = new ArrayList<>(2);
        long trimmed = trail.trimmedTokens();
        add(saved, afterMicros, Saving.TRIM, price.get().nanoUsd(Usage.of(trimmed, 0)));
        long asAsked = price.get().nanoUsd(settled.charge().usage());
        add(saved, afterMicros, Saving.DOWNGRADE, asAsked - settled.costNanoUsd());
        return saved;
    }

    private static void add(List<Step> saved, long afterMicros, Saving by, long nanoUsd) {
        if (nanoUsd > 0) {
            saved.add(new Step.Saved(afterMicros, by.word(), nanoUsd));
        }
    }
}
