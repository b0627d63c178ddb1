package io.atlas.exchange;

import io.atlas.books.Books;
import io.atlas.config.Snapshot;
import io.atlas.enduser.People;
import io.atlas.ledger.Decision;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.open.OpenRequest;
import io.atlas.ledger.open.OpenSlot;
import io.atlas.pool.Pools;
import io.atlas.replay.Replays;
import io.atlas.store.QuotaStore;
import io.atlas.telemetry.Finished;
import io.atlas.telemetry.Telemetry;
import io.atlas.time.TimeSource;
import io.atlas.tokenizer.InputCount;
import io.atlas.trace.Traces;
import io.atlas.upstream.Deployments;
import io.atlas.upstream.Gates;
import io.atlas.upstream.RetryBudgets;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What all exchanges of a process share.
 *
 * @param snapshot the configuration of this moment; a request keeps the one it began with
 * @param decisions the receipt of an id, whichever node wrote it; blocks, and throws where the others cannot be asked
 * @param people who is behind the keys that speak for many
 * @param replays the requests that come again
 * @param savings the limits that run low
 * @param tagSets the combinations of tags that tenants use
 * @param finished who is told of every request that is over
 * @param traces which trace a request is a part of
 * @param open the table of open requests: a place in it, unless it is full
 */
public record Services(
        Supplier<Snapshot> snapshot,
        QuotaStore store,
        Ledger ledger,
        Function<String, Optional<Decision>> decisions,
        People people,
        Books books,
        Function<OpenRequest, Optional<OpenSlot>> open,
        Telemetry telemetry,
        Finished finished,
        Traces traces,
        TimeSource time,
        InputCount counts,
        Savings savings,
        TagSets tagSets,
        Gates gates,
        Deployments deployments,
        Pools pools,
        Replays replays,
        RetryBudgets retryBudgets,
        Deadlines deadlines) {
    /** The same with the counters as one event loop asks them. */
    public Services at(QuotaStore ofLoop) {
        return new Services(
                snapshot,
                ofLoop,
                ledger,
                decisions,
                people,
                books,
                open,
                telemetry,
                finished,
                traces,
                time,
                counts,
                savings,
                tagSets,
                gates,
                deployments,
                pools,
                replays,
                retryBudgets,
                deadlines);
    }
}
