package io.atlas.ledger;

import java.util.Optional;

/** The lines of all nodes, gathered in one place. All of it blocks, and throws where the place cannot be asked. */
public interface GatheredLines extends Expenditure {
    /** The receipt of that id, whichever node wrote it. */
    Optional<Decision> decision(String id);

    /** Decisions of all nodes in short, by page. Every line that was written at this one before is among them. */
    DecisionPage decisions(DecisionQuery query);

    /** Sums of what was used at all nodes. Every line that was written at this one before is in it. */
    UsageReport usage(UsageQuery query);

    /** How many lines of all nodes, as each last said, are not there yet. */
    long missingRecords();
}
