package io.atlas.ledger;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import java.util.Map;
import java.util.Optional;

/**
 * Which decisions are asked for, the newest first.
 *
 * @param where what a caller's or a model's name must be, {@link #NONE} where there must be none; neither days nor hours
 * @param fromMicros with {@code toMicros}, when the requests came, in epoch microseconds, the end excluded
 * @param before the last one that is known already
 * @param most that one page has
 */
public record DecisionQuery(
        Map<Dimension, String> where,
        Optional<Outcome> outcome,
        Optional<Reason> reason,
        long fromMicros,
        long toMicros,
        Optional<Mark> before,
        int most) {
    /** Stands for the absence of a name. */
    public static final String NONE = "-";

    /** The most that one page may have. */
    public static final int MAX_ROWS = 1_000;

    public DecisionQuery {
        where = Map.copyOf(where);
    }

    /**
     * The place of a decision among all: when its request came, on which node, and its line there.
     *
     * @param node its number among all nodes; 0 among those of one node
     */
    public record Mark(long atMicros, long node, long line) {}
}
