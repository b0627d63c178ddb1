package io.atlas.alert;

import io.atlas.secret.Digest;

/**
 * Something that webhooks are told.
 *
 * @param id the same in every attempt, for every webhook and at every node, so that a receiver can tell what it knows already
 * @param type {@code budget.threshold_reached}
 * @param limit the id of the limit it is about; empty where it is about none
 * @param mark the word of the mark that was reached; empty where it is about none
 * @param body in JSON, as it is sent
 */
public record Alert(String id, String type, String limit, String mark, long atMicros, String body) {
    private static final int ID_CHARS = 32;

    /**
     * The id of what is told of a firing: a function of it, so that nodes that share counters come to the same.
     *
     * @param counters what tells their counters from those of others
     */
    public static String id(String counters, Firing firing) {
        String what = String.join(
                "\n",
                counters,
                firing.limit(),
                firing.mark(),
                Long.toString(firing.windowEndMicros()),
                Long.toString(firing.amount()));
        return id(Digest.of(what).hex());
    }

    /** An id of these digits. */
    public static String id(String hex) {
        return "evt_" + hex.substring(0, ID_CHARS);
    }
}
