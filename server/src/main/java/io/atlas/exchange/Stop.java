package io.atlas.exchange;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.unit.Usage;
import java.util.Optional;

/**
 * How a request ended: what is charged follows from the ending, what is written from the farewell.
 *
 * @param reported the backend's own count, of a broken stream its last running one
 * @param relayed the text that was relayed, for counting where nothing was reported
 */
public record Stop(
        Ending ending,
        Outcome outcome,
        Optional<Reason> reason,
        Optional<Usage> reported,
        Relayed relayed,
        Farewell farewell) {
    /** The request is not served, and was never sent. */
    public static Stop refused(Fault fault) {
        return refused(fault.reason(), new Farewell.Failure(fault, Optional.empty()));
    }

    /** Limits refused it. */
    public static Stop refused(Fault fault, Verdict.Refused refused) {
        return refused(fault.reason(), new Farewell.Failure(fault, Optional.of(refused)));
    }

    /** The caller's tier does not have the model. */
    public static Stop outside(Fault fault, Asking asking) {
        return refused(fault.reason(), new Farewell.Outside(fault, asking));
    }

    private static Stop refused(Reason reason, Farewell farewell) {
        return new Stop(
                Ending.NEVER_SENT, Outcome.REFUSED, Optional.of(reason), Optional.empty(), Relayed.NOTHING, farewell);
    }

    /** The backend did not answer, or answered with an error: nothing is charged. */
    public static Stop failed(Fault fault) {
        return new Stop(
                Ending.BACKEND_ERROR,
                Outcome.FAILED,
                Optional.of(fault.reason()),
                Optional.empty(),
                Relayed.NOTHING,
                new Farewell.Failure(fault, Optional.empty()));
    }

    /** The caller left before the request was sent. */
    public static Stop leftUnsent() {
        return left(Ending.NEVER_SENT, Optional.empty(), Relayed.NOTHING);
    }

    /** The caller left after it was sent, before the first byte of an answer. */
    public static Stop leftUnanswered() {
        return left(Ending.BROKEN_BEFORE_FIRST_BYTE, Optional.empty(), Relayed.NOTHING);
    }

    /** The caller left. */
    public static Stop left(Ending ending, Optional<Usage> reported, Relayed relayed) {
        return new Stop(
                ending, Outcome.ABORTED, Optional.of(Reason.CALLER_LEFT), reported, relayed, new Farewell.Nothing());
    }
}
