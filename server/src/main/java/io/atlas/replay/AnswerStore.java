package io.atlas.replay;

import java.util.concurrent.CompletionStage;

/**
 * The port to the answers that callers have given a name, so that each is paid once. An answer is kept for 24 hours after
 * it was last asked for, as far as there is room: of one for which there is none it is known that it was given.
 */
public interface AnswerStore {
    /** The largest answer that is kept. */
    int MAX_ANSWER_BYTES = 1 << 20;

    /** How long an answer is kept after it was last asked for. */
    long KEPT_MICROS = 24L * 3_600 * 1_000_000;

    /** How long a request is known to be on its way without a sign of life. */
    long CLAIMED_MICROS = 60_000_000;

    /** Whether a request is the first of its name. */
    sealed interface Claim {
        /** It is: nobody else is, until it is {@link #keep}t or {@link #free}d. */
        record Granted() implements Claim {}

        /** It was answered. */
        record Answered(KeptAnswer answer) implements Claim {}

        /** It was answered, and the answer is not kept any more. */
        record Gone() implements Claim {}

        /** The name is that of another body. */
        record Mismatch() implements Claim {}

        /** It is on its way, on another node. */
        record Elsewhere() implements Claim {}
    }

    /** Claims the name for a body with that SHA-256. */
    CompletionStage<Claim> claim(RequestName.Keyed name, String bodyHex, long nowMicros);

    /** The request is still on its way. */
    void renew(RequestName.Keyed name, String bodyHex, long nowMicros);

    /** It was answered. */
    void keep(RequestName.Keyed name, String bodyHex, KeptAnswer answer, long nowMicros);

    /** It was answered by more than is kept. */
    void keepNothing(RequestName.Keyed name, String bodyHex, long nowMicros);

    /** It was not served: the name is free. */
    void free(RequestName.Keyed name);
}
