package io.atlas.store.lease;

import io.atlas.kernel.lease.Lease;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Verdict;
import java.util.List;

/** What came of a request that asked for a part of leases. */
public sealed interface Drawing {
    /** It has one of each; how full the limits were when last heard of. */
    record Drawn(List<Piece> pieces, List<Taken> taken) implements Drawing {}

    /** There is not so much. */
    record Refused(Verdict.Refused refused) implements Drawing {}

    /** The limits are not known where they are counted. */
    record Unknown() implements Drawing {}

    /** A part of one lease, and where it is given back. */
    record Piece(Desk desk, Lease.Part part) {}
}
