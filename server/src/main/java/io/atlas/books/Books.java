package io.atlas.books;

import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Paths;
import io.atlas.ledger.Posting;
import io.atlas.ledger.Postings;
import io.atlas.store.QuotaStore;
import io.atlas.time.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Keeps what is used of every calendar limit equal to what the ledger charged to it in its window, while limits come into
 * force under load.
 *
 * <p>A limit that is new counts the lines of the ledger up to some line, by one sum; and it is charged with every line
 * after that one, by the request's own settlement where the request holds the limit, and here where it does not, since it
 * began earlier. The number of a line says on which side of the sum it is, so that none is missed and none counts twice,
 * whenever it was settled, written, or summed.
 */
public final class Books {
    /** No request lives longer; after that time everyone who is open holds the limit. */
    private static final long REQUEST_MICROS = 3_600_000_000L;

    /** What is written while the ledger is summed for new limits, at most; that takes seconds. */
    private static final int MAX_SINCE_SUM = 1_000_000;

    private final QuotaStore store;
    private final Ledger ledger;
    private final TimeSource time;
    /** One comes into force after the other; not the lock of the books, as lines are written meanwhile. */
    private final Object turn = new Object();

    private final Map<Place, List<Young>> young = new HashMap<>();
    private final List<Line> sinceSum = new ArrayList<>();
    private Map<String, Limit> inForce = Map.of();
    private Map<String, String> classOfModel = Map.of();
    private long grownUpMicros;
    private boolean summing;
    private boolean open;

    /** A limit that requests may be open without. */
    private record Young(Limit limit, long lastLineSummed, long sinceMicros) {}

    /** A line of the ledger that counts on limits. */
    private record Line(long number, Receipt receipt, Reservation reservation) {
        Demand charged() {
            Usage usage = receipt.charge().usage();
            return new Demand(usage.inputTokens(), usage.outputTokens(), receipt.costNanoUsd(), receipt.credits());
        }
    }

    /** Of this ledger, in these counters. No limit is in force yet, and no request is open. */
    public Books(QuotaStore store, Ledger ledger, TimeSource time) {
        this.store = store;
        this.ledger = ledger;
        this.time = time;
    }

    /**
     * Puts the limits of the snapshot in force; to be called before the snapshot is. Blocks until
     * the ledger is summed for those that are new.
     */
    public void enforce(Snapshot next) {
        enforce(next, this::goesOn);
    }

    /** The counters were lost: every limit in force begins anew, with what the ledger holds against it. Blocks likewise. */
    public void recount(Snapshot inForce) {
        enforce(inForce, (_, _) -> false);
    }

    private void enforce(Snapshot next, BiPredicate<Limit, Map<String, String>> going) {
        synchronized (turn) {
            enforceInTurn(next, going);
        }
    }

    private void enforceInTurn(Snapshot next, BiPredicate<Limit, Map<String, String>> going) {
        CountingRules rules = Recount.rules(next.configuration());
        Map<String, String> classes = rules.classOfModel();
        List<Limit> kept = new ArrayList<>();
        List<Limit> fresh = new ArrayList<>();
        for (Limit limit : next.limits()) {
            (going.test(limit, classes) ? kept : fresh).add(limit);
        }
        begin();
        try {
            long nowMicros = time.epochMicros();
            Postings sum = fresh.isEmpty()
                    ? new Postings(List.of(), Long.MAX_VALUE)
                    : ledger.postings(fresh, rules, nowMicros);
            enforce(kept, fresh, sum, classes);
        } finally {
            end();
        }
    }

    /** Writes a line; completes when it is durable, and counts on every limit that it should. */
    public CompletionStage<Void> record(Receipt receipt, Optional<Reservation> reservation) {
        return ledger.record(receipt).thenAccept(number -> {
            if (receipt.charge().charged() && reservation.isPresent()) {
                written(new Line(number, receipt, reservation.get()));
            }
        });
    }

    /** Whether it counts the same as the limit of its id did before. */
    private synchronized boolean goesOn(Limit limit, Map<String, String> classes) {
        Limit before = inForce.get(limit.id());
        boolean sameModels = !(limit.spec().narrowing() instanceof Narrowing.ToClass) || classes.equals(classOfModel);
        return before != null && before.zone().equals(limit.zone()) && sameModels;
    }

    private synchronized void begin() {
        summing = true;
    }

    private synchronized void end() {
        summing = false;
        sinceSum.clear();
    }

    private synchronized void enforce(List<Limit> kept, List<Limit> fresh, Postings sum, Map<String, String> classes) {
        if (sinceSum.size() >= MAX_SINCE_SUM) {
            throw new LedgerException("ledger: " + MAX_SINCE_SUM + " lines while it was summed (expected: fewer)");
        }
        long nowMicros = time.epochMicros();
        inForce = HashMap.newHashMap(kept.size() + fresh.size());
        kept.forEach(limit -> inForce.put(limit.id(), limit));
        fresh.forEach(limit -> inForce.put(limit.id(), limit));
        classOfModel = classes;
        Set<String> freshIds = fresh.stream().map(Limit::id).collect(Collectors.toSet());
        forget(freshIds, nowMicros);
        if (open) {
            grow(fresh, sum.lastLine(), nowMicros);
        }
        List<Posting> held = new ArrayList<>(sum.all());
        for (Line line : sinceSum) {
            missing(line).stream()
                    .filter(limit -> freshIds.contains(limit.id()))
                    .map(limit ->
                            new Posting(limit, line.charged().of(limit.spec().kind()), line.receipt.atMicros()))
                    .forEach(held::add);
        }
        store.enforce(kept, fresh, held, nowMicros);
        open = true;
    }

    /** Forgets the young that are grown up, in force no more, or that begin anew. */
    private void forget(Set<String> fresh, long nowMicros) {
        for (List<Young> there : young.values()) {
            there.removeIf(one -> one.sinceMicros < nowMicros - REQUEST_MICROS
                    || fresh.contains(one.limit.id())
                    || !inForce.containsKey(one.limit.id()));
        }
        young.values().removeIf(List::isEmpty);
    }

    private void grow(List<Limit> fresh, long lastLine, long nowMicros) {
        for (Limit limit : fresh) {
            if (limit.spec().per().isPresent()) {
                young.computeIfAbsent(limit.place(), _ -> new ArrayList<>(2))
                        .add(new Young(limit, lastLine, nowMicros));
                grownUpMicros = nowMicros + REQUEST_MICROS;
            }
        }
    }

    private synchronized void written(Line line) {
        if (summing && sinceSum.size() < MAX_SINCE_SUM) {
            sinceSum.add(line);
        }
        if (!young.isEmpty() && time.epochMicros() > grownUpMicros) {
            young.clear();
        }
        List<Limit> missing = young.isEmpty() ? List.of() : missing(line);
        store.charge(missing, line.reservation, line.charged(), line.receipt.atMicros());
    }

    /** The young limits that count the line, and were not summed with it. */
    private List<Limit> missing(Line line) {
        String model = line.receipt.served().map(Served::model).orElse("");
        String modelClass = classOfModel.getOrDefault(model, "");
        List<Place> places = Paths.of(line.receipt.caller());
        places.add(new Place.OfModel(model));
        List<String> instead = line.receipt.instead();
        if (!instead.isEmpty()) {
            places.add(new Place.OfStandIn(line.receipt.caller().tenant()));
        }
        List<Limit> missing = new ArrayList<>();
        for (Place place : places) {
            for (Young one : young.getOrDefault(place, List.of())) {
                if (line.number > one.lastLineSummed
                        && one.limit.spec().narrowing().covers(model, modelClass)
                        && !one.limit.isAmong(instead)) {
                    missing.add(one.limit);
                }
            }
        }
        return missing;
    }
}
