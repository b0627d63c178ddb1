package io.atlas.store;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The counters of all limits. Every call is one atomic step over all the limits it names, and may come from any thread.
 * A stage of this port completes normally unless the store cannot be reached.
 */
public interface QuotaStore {
    /** Holds the demand on every limit of the path, or writes nothing. */
    CompletionStage<Verdict> reserve(String id, LimitPath path, Demand demand, long nowMicros);

    /** Charges what was really used and frees the rest; false where the reservation had ended before. */
    CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros);

    /** Gives everything back; false where the reservation had ended before. */
    CompletionStage<Boolean> release(Reservation reservation, long nowMicros);

    /** Why the demand would be refused now, if it would; nothing is held. */
    CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros);

    /** How full each limit is, in the order asked. */
    CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros);

    /** Lets go of the counters of these limits that a fresh one could take the place of. */
    void forget(List<Limit> limits, long nowMicros);

    /** Those of these limits that nothing was counted on since this store began, or since it let go of them. */
    List<Limit> uncounted(List<Limit> limits);

    /**
     * Puts these limits in force instead of those before, in one step. Who still asks for one that is in force no more is
     * not held to it.
     *
     * @param kept that go on with what they have counted, by their ids
     * @param fresh that begin anew, with what the ledger holds against them
     */
    void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros);

    /** Those of these limits that are in force say this from now on. What they have counted stays. */
    void resize(List<Limit> limits, long nowMicros);

    /** What these limits say at this moment, in the order asked: some change with the hour or the load. */
    default List<Limit> current(List<Limit> limits, long nowMicros) {
        return limits;
    }

    /**
     * The line of a request that has been settled is written: charges it to those of these limits in force that it did not
     * hold. They are younger than it; mostly there are none.
     */
    void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros);

    /** Charges what the ledger holds already. The charges of one limit come in the order of time. */
    void seed(Limit limit, long amount, long atMicros);
}
