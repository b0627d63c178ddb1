package io.atlas.ledger.follow;

import io.atlas.ledger.DecisionPage;
import java.util.List;

/**
 * Decisions that were recorded after a position.
 *
 * @param rows those that were asked for, about in the order in which the requests ended
 * @param next where to go on
 * @param more whether there are more already
 */
public record Followed(List<DecisionPage.Row> rows, Position next, boolean more) {
    public Followed {
        rows = List.copyOf(rows);
    }
}
