package io.atlas.ledger;

import io.atlas.kernel.receipt.Receipt;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The truth about what was used: one line for each request of a known key, served or not. {@link #record} may be called
 * from any thread and never blocks; the questions block, and are for virtual threads.
 */
public interface Ledger extends PostingSource, Expenditure, AutoCloseable {
    /**
     * Writes a line. The stage completes with its number when it is as durable as configured, and fails where it cannot
     * be; a second line of the same id changes nothing. A later line has a larger number. It completes on a thread of the
     * ledger, which must not be kept.
     */
    CompletionStage<Long> record(Receipt receipt);

    /** The receipt of that id, in the shape of the contract. */
    Optional<Decision> decision(String id);

    /** Decisions in short, by page. */
    DecisionPage decisions(DecisionQuery query);

    /** Sums of what was used. */
    UsageReport usage(UsageQuery query);

    /** The end users that have lines since that moment, on each tier that was claimed for them; who was seen last comes last. */
    List<Seen> endUsers(long sinceMicros);

    /** Lines handed over that are not durable yet. */
    long lag();

    /** Writes everything that was handed over, and lets go of the files. */
    @Override
    void close();
}
