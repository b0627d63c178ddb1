package io.atlas.kernel.route;

import java.util.Locale;

/** What became of a deployment when one of its model was chosen. */
public enum Standing {
    /** It serves the request. */
    CHOSEN,
    /** It cannot do something that the request needs. */
    LACKS_FEATURE,
    /** It has failed for this very request. */
    TRIED,
    /** Its breaker is open. */
    UNHEALTHY,
    /** It asked to be left alone until some moment, which has not come. */
    RESTING,
    /** The upstream quota that it draws on has no room for the request. */
    POOL,
    /** All places at its backend are taken, and another has one. */
    FULL,
    /** Its tenant prefers another. */
    NOT_PREFERRED,
    /** It is likely to be slower than the tier promises, or fails too often, and another is not. */
    MISSES_SLA,
    /** It costs more than five percent above the cheapest that is left. */
    DEARER,
    /** Another that costs about the same has less to do, or has seen this conversation before. */
    BUSIER;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** As receipts write it: {@code misses_sla}. */
    public String word() {
        return word;
    }
}
