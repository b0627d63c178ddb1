package io.atlas.bill;

import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Step;

/**
 * What was not paid.
 *
 * @param replayed requests that got an answer once more, which is charged once
 * @param byReplayNanoUsd what those answers had cost, where the ledger knows
 * @param byTrimNanoUsd what left out turns would have cost
 * @param byDowngradeNanoUsd what the asked model would have cost more
 * @param refusedNanoUsd what would have been paid for what limits refused
 */
public record Spared(
        long replayed, long byReplayNanoUsd, long byTrimNanoUsd, long byDowngradeNanoUsd, long refusedNanoUsd) {
    /** Nothing. */
    public static final Spared NONE = new Spared(0, 0, 0, 0, 0);

    private static final String TRIM = "trim";
    private static final String DOWNGRADE = "downgrade";

    /** Of both. */
    public Spared plus(Spared other) {
        return new Spared(
                Math.addExact(replayed, other.replayed),
                Math.addExact(byReplayNanoUsd, other.byReplayNanoUsd),
                Math.addExact(byTrimNanoUsd, other.byTrimNanoUsd),
                Math.addExact(byDowngradeNanoUsd, other.byDowngradeNanoUsd),
                Math.addExact(refusedNanoUsd, other.refusedNanoUsd));
    }

    /** Of one request, but for what a replay is worth: that is in the line of another. */
    public static Spared of(Receipt receipt) {
        boolean given = receipt.outcome() == Outcome.SERVED && !receipt.charge().charged();
        long replayed = 0;
        long trim = 0;
        long downgrade = 0;
        for (Step step : receipt.steps()) {
            switch (step) {
                case Step.Replayed _ -> replayed = given ? 1 : 0;
                case Step.Saved saved when saved.by().equals(TRIM) -> trim += saved.nanoUsd();
                case Step.Saved saved when saved.by().equals(DOWNGRADE) -> downgrade += saved.nanoUsd();
                default -> {}
            }
        }
        return new Spared(replayed, 0, trim, downgrade, receipt.refusedNanoUsd());
    }

    /** The same with what the replayed answer had cost. */
    public Spared worth(long nanoUsd) {
        return new Spared(replayed, nanoUsd, byTrimNanoUsd, byDowngradeNanoUsd, refusedNanoUsd);
    }
}
