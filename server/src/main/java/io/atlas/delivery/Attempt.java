package io.atlas.delivery;

import io.atlas.exchange.Stop;

/** What came of sending a request to a deployment, before the first byte of an answer. */
public sealed interface Attempt {
    /** Where it was sent. */
    Chosen chosen();

    /** Whether another deployment may be tried. */
    Elsewhere elsewhere();

    /** Whether a request may be sent to another deployment. */
    enum Elsewhere {
        /** It is over. */
        NO,
        /** At once: this one has not begun with it, since it is full or wants no more. */
        AT_ONCE,
        /** At once, though not on the same backend, since that cannot be reached: nobody was sent anything. */
        AWAY_FROM_IT,
        /** Once, and within the other's budget of retries: this one has failed. */
        AS_A_RETRY
    }

    /** The head of an answer came, be it an error. */
    record Answered(Answering answering) implements Attempt {
        @Override
        public Chosen chosen() {
            return answering.chosen();
        }

        @Override
        public Elsewhere elsewhere() {
            return switch (StatusMeaning.of(answering.head().statusCode())) {
                case ANSWER, REJECTED -> Elsewhere.NO;
                case FULL -> Elsewhere.AT_ONCE;
                case FAILED -> Elsewhere.AS_A_RETRY;
            };
        }
    }

    /** No answer began. */
    record Unanswered(Chosen chosen, Elsewhere elsewhere, Stop stop) implements Attempt {}
}
