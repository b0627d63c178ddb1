package io.atlas.ledger.follow;

import io.atlas.ledger.DecisionQuery;

/** Where decisions are followed. All of it blocks, and throws where the place cannot be asked. */
public interface DecisionFeed {
    /** Where the record ends now. */
    Position end();

    /**
     * What was recorded after that position: every line is in one answer and no other, if each goes on where the one before
     * ended.
     *
     * @param query chooses among them; one answer looks at so many lines as a page of it has
     */
    Followed after(Position position, DecisionQuery query);
}
