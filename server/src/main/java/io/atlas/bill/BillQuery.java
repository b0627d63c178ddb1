package io.atlas.bill;

import io.atlas.kernel.unit.Window;
import java.util.List;

/**
 * Which lines are asked for.
 *
 * @param parts of the time, each with lines of its own; they begin and end with a day of some zone
 */
public record BillQuery(String tenant, List<Window> parts, Detail detail) {
    /** What lines tell apart beside team, model and price. */
    public enum Detail {
        /** Nothing. */
        PRICE,
        /** What requests were for, too. */
        TAGS
    }

    public BillQuery {
        parts = List.copyOf(parts);
    }
}
