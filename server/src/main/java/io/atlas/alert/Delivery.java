package io.atlas.alert;

import java.util.List;
import java.util.Locale;

/**
 * An alert on its way to a webhook.
 *
 * @param line its number in the log
 * @param nextMicros when it is sent next; of no meaning where it is not {@link State#PENDING}
 * @param attempts the first one first
 */
public record Delivery(long line, Alert alert, String webhook, State state, long nextMicros, List<Attempt> attempts) {
    public Delivery {
        attempts = List.copyOf(attempts);
    }

    /** What has become of it. */
    public enum State {
        /** It is sent, or sent again. */
        PENDING,
        /** The receiver has it. */
        DELIVERED,
        /** The receiver did not take it, as often as it was sent. */
        FAILED,
        /** The receiver wants no more of anything. */
        GONE,
        /** The configuration has no such webhook any more. */
        DROPPED;

        /** As answers write it: {@code pending}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
