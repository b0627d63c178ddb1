package io.atlas.store.lease;

import io.atlas.kernel.lease.Account;
import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Wish;
import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where the limits are counted that nodes hold leases on: see {@link io.atlas.kernel.lease.Lessor}. */
public interface Lender {
    /** The answer to a wish. */
    sealed interface Loan {
        /**
         * So much is held for this node.
         *
         * @param after what is counted on each limit, the lease included
         */
        record Lent(Amounts amounts, List<Count> after, long atMicros) implements Loan {}

        /** Not even the need fits: so full are the limits. */
        record Full(List<Meter> meters, long atMicros) implements Loan {}

        /** What this node has counted is not there, so that nothing can be said. */
        record Unmarked() implements Loan {}
    }

    /** Holds what is wished for on limits that are counted in one place. */
    CompletionStage<Loan> lend(String id, List<Limit> limits, Wish wish);

    /** Holds again what open requests hold of a lease whose place was emptied, whatever else there is by now. */
    CompletionStage<Loan> lendAgain(String id, List<Limit> limits, Amounts held);

    /** Says all there is to say of a lease; false where it has ended already. */
    CompletionStage<Boolean> tell(String id, List<Limit> limits, Account account);

    /** Says that the owner of a lease lives. */
    CompletionStage<Boolean> extend(String id, List<Limit> limits);
}
