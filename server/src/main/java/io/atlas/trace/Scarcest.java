package io.atlas.trace;

import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.trace.SpanBytes.Name;
import java.util.List;
import java.util.Optional;

/**
 * The limit of which the smallest share was left when a request came.
 *
 * @param sort what kind of limit it is, whosever it is: {@code tokens/day}
 * @param share what was left of it before this request, from 0 to 1
 */
record Scarcest(String sort, double share) {
    private static final Name BUDGET_LIMIT = Name.of("atlas.budget.limit");
    private static final Name BUDGET_LEFT_RATIO = Name.of("atlas.budget.left_ratio");

    /** Of those limits that the last of these steps reserved, or by which it was refused. */
    static Optional<Scarcest> of(List<Step> steps) {
        Optional<Scarcest> scarcest = Optional.empty();
        for (Step step : steps) {
            switch (step) {
                case Step.Reserved reserved -> scarcest = among(reserved.limits());
                case Step.Refused refused -> scarcest = among(refused.limits());
                default -> {
                    // No other step looks at all limits.
                }
            }
        }
        return scarcest;
    }

    private static Optional<Scarcest> among(List<LimitLine> limits) {
        Optional<Scarcest> scarcest = Optional.empty();
        for (LimitLine limit : limits) {
            double share = share(limit);
            if (scarcest.isEmpty() || share < scarcest.get().share) {
                // The path may name a person or a key.
                scarcest =
                        Optional.of(new Scarcest(limit.id().substring(limit.id().indexOf(':') + 1), share));
            }
        }
        return scarcest;
    }

    private static double share(LimitLine limit) {
        double left = (double) limit.amount() - limit.usedBefore() - limit.heldBefore();
        return limit.amount() <= 0 ? 0 : Math.clamp(left / limit.amount(), 0, 1);
    }

    /** Says so. */
    void describe(SpanBytes told) {
        told.put(BUDGET_LIMIT, sort).put(BUDGET_LEFT_RATIO, share);
    }
}
