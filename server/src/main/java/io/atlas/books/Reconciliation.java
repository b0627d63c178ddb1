package io.atlas.books;

import io.atlas.config.Configuration;
import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.Posting;
import io.atlas.ledger.PostingSource;
import io.atlas.store.ChargedByNode;
import io.atlas.time.TimeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what shared counters say that this node has charged against its ledger, every minute, and sets them to it where they
 * differ. A request is charged before its line is written. So what counts is what has stood still in the counters for longer
 * than a line takes to be written; a limit on which this node settles all the time is looked at when it does not.
 */
public final class Reconciliation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
    private static final long LOOK_SECONDS = 60;

    /** Longer than a line takes to be written. */
    private static final long WRITTEN_SECONDS = 2;

    private static final int MOST_TOLD = 20;

    private final ChargedByNode charges;
    private final PostingSource ledger;
    private final Supplier<Configuration> configuration;
    private final ObjLongConsumer<Limit> corrected;
    private final TimeSource time;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("atlas-reconciliation").factory());
    private Optional<Future<?>> looks = Optional.empty();
    private Map<Limit, Long> said = Map.of();

    Reconciliation(
            ChargedByNode charges,
            PostingSource ledger,
            Supplier<Configuration> configuration,
            ObjLongConsumer<Limit> corrected,
            TimeSource time) {
        this.charges = charges;
        this.ledger = ledger;
        this.configuration = configuration;
        this.corrected = corrected;
        this.time = time;
    }

    /**
     * Begins to look.
     *
     * @param ledger the lines of this node
     * @param corrected hears of each limit that is set right, and how much more it has by that
     */
    public static Reconciliation start(
            ChargedByNode charges,
            PostingSource ledger,
            Supplier<Configuration> configuration,
            ObjLongConsumer<Limit> corrected,
            TimeSource time) {
        Reconciliation reconciliation = new Reconciliation(charges, ledger, configuration, corrected, time);
        reconciliation.looks = Optional.of(reconciliation.thread.scheduleWithFixedDelay(
                reconciliation::lookAndCompare, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
        return reconciliation;
    }

    private void lookAndCompare() {
        try {
            look();
            TimeUnit.SECONDS.sleep(WRITTEN_SECONDS);
            compare();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("counters and ledger could not be compared; it is tried again");
        }
    }

    /** Hears what the counters say. */
    void look() {
        said = charges.said();
    }

    /** Sets right what has not changed in the counters since the look, and is not what the ledger has; says of how many limits. */
    int compare() {
        if (said.isEmpty()) {
            return 0;
        }
        long nowMicros = time.epochMicros();
        Map<Limit, Posting> held = new HashMap<>();
        ledger.postings(List.copyOf(said.keySet()), Recount.rules(configuration.get()), nowMicros)
                .all()
                .forEach(posting -> held.put(posting.limit(), posting));
        List<Posting> different = said.keySet().stream()
                .map(limit -> held.getOrDefault(limit, new Posting(limit, 0, nowMicros)))
                .filter(posting -> posting.amount() != counted(posting.limit()))
                .toList();
        if (different.isEmpty()) {
            return 0;
        }
        List<Posting> mended = charges.mend(different, said, nowMicros);
        mended.forEach(posting -> corrected.accept(posting.limit(), posting.amount() - counted(posting.limit())));
        mended.stream().limit(MOST_TOLD).forEach(this::tell);
        return mended.size();
    }

    private long counted(Limit limit) {
        return said.getOrDefault(limit, 0L);
    }

    private void tell(Posting posting) {
        LOG.atWarn()
                .addKeyValue("limit", posting.limit().id())
                .addKeyValue("counted", counted(posting.limit()))
                .addKeyValue("ledger", posting.amount())
                .log("the quota store did not have what this node has charged, and was set right");
    }

    @Override
    public void close() {
        looks.ifPresent(look -> look.cancel(true));
        thread.shutdownNow();
    }
}
