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

    /** The request is not served, was never sent, and has better chances after that time. */
    public static Stop refused(Fault fault, long retryAfterMillis) {
        return refused(fault.reason(), new Farewell.ComeBack(fault, retryAfterMillis));
    }

    /** Limits refused it. */
    public static Stop refused(Fault fault, Verdict.Refused refused) {
        return refused(fault.reason(), new Farewell.Failure(fault, Optional.of(refused)));
    }

    /** The caller's tier does not have the model, or the model cannot do what is asked. */
    public static Stop outside(Fault fault, Asking asking) {
        return refused(fault.reason(), new Farewell.Outside(fault, asking));
    }

    private static Stop refused(Reason reason, Farewell farewell) {
        return new Stop(
                Ending.NEVER_SENT, Outcome.REFUSED, Optional.of(reason), Optional.empty(), Relayed.NOTHING, farewell);
    }

    /** It gets the answer of another request, which is charged for it. */
    public static Stop replayed(Farewell answer) {
        return new Stop(Ending.NEVER_SENT, Outcome.SERVED, Optional.empty(), Optional.empty(), Relayed.NOTHING, answer);
    }

    /** It comes too soon, and may come back later. */
    public static Stop tooSoon(Fault fault, long retryAfterMillis) {
        return refused(fault.reason(), new Farewell.ComeBack(fault, retryAfterMillis));
    }

    /** The backend did not answer, or answered with an error: nothing is charged. */
    public static Stop failed(Fault fault) {
        return failed(fault, new Farewell.Failure(fault, Optional.empty()));
    }

    /** The backend has no room, and said when it will have some. */
    public static Stop busy(Fault fault, long retryAfterMillis) {
        return failed(fault, new Farewell.ComeBack(fault, retryAfterMillis));
    }

    private static Stop failed(Fault fault, Farewell farewell) {
        return new Stop(
                Ending.BACKEND_ERROR,
                Outcome.FAILED,
                Optional.of(fault.reason()),
                Optional.empty(),
                Relayed.NOTHING,
                farewell);
    }

    /** Somebody ended it before the request was sent whole. */
    public static Stop cutUnsent(Cut by) {
        return cut(by, Ending.NEVER_SENT, Optional.empty(), Relayed.NOTHING);
    }

    /** Somebody ended it after it was sent, before the first byte of an answer. */
    public static Stop cutUnanswered(Cut by) {
        return cut(by, Ending.BROKEN_BEFORE_FIRST_BYTE, Optional.empty(), Relayed.NOTHING);
    }

    /** Somebody ended it. */
    public static Stop cut(Cut by, Ending ending, Optional<Usage> reported, Relayed relayed) {
        return switch (by) {
            case CALLER_LEFT ->
                new Stop(
                        ending,
                        Outcome.ABORTED,
                        Optional.of(Reason.CALLER_LEFT),
                        reported,
                        relayed,
                        new Farewell.Nothing());
            case GATEWAY_STOPS -> {
                boolean begun = ending == Ending.BROKEN_AFTER_FIRST_BYTE;
                Fault fault = Fault.of(
                        begun ? Reason.STREAM_BROKEN : Reason.OVERLOADED, "this gateway is being stopped; try again");
                yield new Stop(
                        ending,
                        ending == Ending.NEVER_SENT ? Outcome.REFUSED : Outcome.FAILED,
                        Optional.of(fault.reason()),
                        reported,
                        relayed,
                        new Farewell.Failure(fault, Optional.empty()));
            }
        };
    }
}
