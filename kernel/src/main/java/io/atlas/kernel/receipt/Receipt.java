package io.atlas.kernel.receipt;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.trace.TraceContext;
import java.util.List;
import java.util.Optional;

/**
 * A finished request: one fact with many readers. The ledger keeps it, metrics count it, explanations show it.
 *
 * @param id of the request and of the decision
 * @param atMicros when it was read, in epoch microseconds; the window of this moment is the one it is charged to
 * @param durationMicros until its answer was ready to be ended
 * @param served what it was sent to; absent where it never was
 * @param costNanoUsd what the tenant is charged
 * @param credits the same weighed by the reference of that moment; 0 where nothing is counted in credits
 * @param providerCostNanoUsd what the same tokens cost us where they were served, by the deployment's own cost; no tenant
 *     is told
 * @param refusedNanoUsd what the refused reservation would have cost, 0 unless a limit refused
 * @param price the price it was computed from: {@code small@2026-11-20}; empty without a model
 * @param configuration the version of the configuration that decided
 * @param trace which it is a part of, if any
 */
public record Receipt(
        String id,
        long atMicros,
        long durationMicros,
        Caller caller,
        Asked asked,
        Outcome outcome,
        Optional<Reason> reason,
        Optional<Served> served,
        List<Step> steps,
        Charge charge,
        long costNanoUsd,
        long credits,
        long providerCostNanoUsd,
        long refusedNanoUsd,
        String price,
        String configuration,
        Optional<TraceContext> trace) {
    public Receipt {
        steps = List.copyOf(steps);
    }

    /** How far it came. */
    public Reach reach() {
        if (served.isEmpty()) {
            return Reach.NOWHERE;
        }
        for (Step step : steps) {
            if (step instanceof Step.Replayed) {
                return Reach.ANSWER_OF_ANOTHER;
            }
        }
        return Reach.BACKEND;
    }

    /** The sorts of the limits of its tier that it does not count on, since others stand in for them. */
    public List<String> instead() {
        return Step.instead(steps);
    }
}
