package io.atlas.store.share;

import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.StoreAway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * What this node may give out while the server is away. Of a rate, its part as one of the nodes that were last seen, as full
 * as the whole was when the server last said so; of requests at once its part, with those that it let in before. Of a
 * calendar limit a hundredth, at most fifty dollars, and never more than was left of it when it was last seen: all of it
 * divided by the nodes. What was never seen may not be guessed.
 *
 * <p>What is given out counts until the server has been told of it and has said how full the limit is with it, however
 * often it goes away meanwhile. So a node is ahead of the server by one allowance at most, and all nodes together by the
 * hundredth.
 */
public final class LocalShare {
    private static final long ALLOWANCE_PERCENT = 1;
    private static final long MOST_NANO_USD = 50_000_000_000L;
    private static final long REQUEST_MICROS = 3_600_000_000L;

    /**
     * How full a limit was. It is written anew in place: an object for each request, which lives until the next one, would
     * be copied by every collection.
     */
    private static final class Word {
        private long used;
        private long held;
        private long atMicros;

        private synchronized void say(Level level, long nowMicros) {
            used = level.used();
            held = level.held();
            atMicros = nowMicros;
        }

        private synchronized void fill(Meter meter, int nodes) {
            meter.seed(Math.ceilDiv(used + held, nodes), atMicros);
        }

        private synchronized long left(LimitSpec spec) {
            return new Level(used, held, atMicros).remaining(spec);
        }
    }

    /** Of limits in force, how full they were when the server last said so. */
    private final Map<String, Word> said = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private final Map<String, Part> parts = new HashMap<>();

    /** By how many requests that were let in before a limit on requests at once is held. */
    private final ToLongFunction<Limit> before;

    private volatile int nodes = 1;

    /** Nothing is given out yet, nor was before. */
    public LocalShare() {
        this(_ -> 0);
    }

    /** Nothing is given out yet; by so many requests that this node let in before a limit on requests at once is held. */
    public LocalShare(ToLongFunction<Limit> before) {
        this.before = before;
    }

    /** As many nodes were seen. */
    public void among(int count) {
        nodes = Math.max(1, count);
    }

    /** How many were seen, this one among them. */
    public int nodes() {
        return nodes;
    }

    /** What the server said of a request. */
    public void learn(Verdict verdict, long atMicros) {
        switch (verdict) {
            case Verdict.Granted granted ->
                granted.reservation().taken().forEach(taken -> learn(taken.limit(), taken.after(), atMicros));
            case Verdict.Refused refused ->
                refused.shortfalls().forEach(shortfall -> learn(shortfall.limit(), shortfall.level(), atMicros));
        }
    }

    /** What the server said of one limit; to be called in the order in which it was said. */
    public void learn(Limit limit, Level level, long atMicros) {
        if (limit.spec().per().isPresent()) {
            said.computeIfAbsent(limit.id(), _ -> new Word()).say(level, atMicros);
        }
    }

    /** Forgets the words on what is in force no more. */
    public void retain(LimitsInForce inForce) {
        said.keySet().retainAll(inForce.byId().keySet());
    }

    /** Forgets the words on these limits. */
    public void forget(List<Limit> limits) {
        limits.forEach(limit -> said.remove(limit.id()));
    }

    /**
     * Holds the demand on this node's part of every limit.
     *
     * @throws StoreAway where a part may not be guessed, or is used up while the whole may not be
     */
    public synchronized Verdict reserve(String id, List<Limit> limits, Demand demand, long nowMicros) {
        List<Part> asked = new ArrayList<>(limits.size());
        List<Meter> meters = new ArrayList<>(limits.size());
        for (Limit limit : enforced(limits)) {
            Part part = part(limit, allowed(limit), nowMicros);
            asked.add(part);
            meters.add(meter(part));
        }
        Verdict verdict = Quota.reserve(id, meters, demand, nowMicros, REQUEST_MICROS);
        switch (verdict) {
            case Verdict.Granted _ -> asked.forEach(Part::given);
            case Verdict.Refused refused -> {
                if (refused.shortfalls().stream()
                        .anyMatch(shortfall -> shortfall.limit().spec().calendar())) {
                    throw new StoreAway("quota store: away, and this node's allowance is used up");
                }
            }
        }
        return verdict;
    }

    /** Charges what was used of what this node gave out; the server has to be {@link #told} of it. */
    public synchronized void settle(Reservation reservation, Demand actual, long nowMicros) {
        Quota.settle(reservation, actual, nowMicros);
        each(limits(reservation), Part::settled);
    }

    /** Gives back what this node gave out. */
    public synchronized void release(Reservation reservation, long nowMicros) {
        Quota.release(reservation, nowMicros);
        each(limits(reservation), Part::released);
    }

    /** The server was told what one request had used of these limits. */
    public synchronized void told(List<Limit> limits) {
        each(limits, Part::told);
    }

    /** The server was told by the ledger of all that has ended. */
    public synchronized void recounted() {
        parts.values().forEach(Part::recounted);
    }

    /** Limits of which the server knows by now all that was given out: what it says of them next is {@link #known}. */
    public synchronized List<Limit> unknown() {
        return parts.values().stream().filter(Part::ask).map(Part::whole).toList();
    }

    /** What the server said of one of the unknown: nothing is given out on top of it, unless it was meanwhile. */
    public synchronized void known(Limit limit, Level level, long atMicros) {
        Part part = parts.get(limit.id());
        if (part != null && part.asked()) {
            parts.remove(limit.id());
            learn(limit, level, atMicros);
        }
    }

    /** Why the demand would be refused now, if it would. */
    public synchronized CompletionStage<Optional<Verdict.Refused>> refusal(
            List<Limit> limits, Demand demand, long nowMicros) {
        List<Limit> allowed = new ArrayList<>(limits.size());
        List<Meter> meters = new ArrayList<>(limits.size());
        for (Limit limit : enforced(limits)) {
            Limit part = allowed(limit);
            allowed.add(part);
            meters.add(meter(there(limit).orElseGet(() -> new Part(limit, fresh(part)))));
        }
        return CompletableFuture.completedStage(Quota.refusal(meters, allowed, demand, nowMicros));
    }

    /** How much this node has given out of each limit, in the order asked. */
    public synchronized CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return CompletableFuture.completedStage(limits.stream()
                .map(limit -> meter(there(limit).orElseGet(() -> new Part(limit, Meter.of(limit)))))
                .map(meter -> meter.level(nowMicros))
                .toList());
    }

    private void each(List<Limit> limits, Consumer<Part> change) {
        for (Limit limit : limits) {
            Part part = parts.get(limit.id());
            if (part != null) {
                change.accept(part);
            }
        }
    }

    private static List<Limit> limits(Reservation reservation) {
        return reservation.taken().stream().map(Reservation.Taken::limit).toList();
    }

    private Part part(Limit whole, Limit allowed, long nowMicros) {
        Part part = there(whole).orElseGet(() -> new Part(whole, fresh(allowed)));
        part.meter().become(allowed, nowMicros);
        parts.put(whole.id(), part);
        return part;
    }

    /** In another zone's calendar it would be another limit, though it has the same id. */
    private Optional<Part> there(Limit limit) {
        return Optional.ofNullable(parts.get(limit.id()))
                .filter(part -> part.whole().zone().equals(limit.zone()));
    }

    private Meter fresh(Limit allowed) {
        Meter meter = Meter.of(allowed);
        Word word = said.get(allowed.id());
        if (word != null && allowed.spec().leaks()) {
            word.fill(meter, nodes);
        }
        return meter;
    }

    /** Requests at once are those that are open, whenever they were let in; nothing else of their meter counts. */
    private Meter meter(Part part) {
        Meter meter = part.meter();
        return part.whole().spec().kind() == Kind.CONCURRENT
                ? Meter.of(meter.limit(), new Count.OfSlots(part.open() + before.applyAsLong(part.whole())))
                : meter;
    }

    /** The others refuse nothing, and what is charged here is told to the server. */
    private static List<Limit> enforced(List<Limit> limits) {
        return limits.stream().filter(limit -> limit.spec().enforced()).toList();
    }

    private Limit allowed(Limit limit) {
        LimitSpec spec = limit.spec();
        long amount = spec.calendar() ? allowance(limit) : part(spec.amount());
        return new Limit(
                limit.id(),
                limit.place(),
                limit.from(),
                spec.fixed(amount, spec.leaks() ? part(spec.burst()) : amount),
                limit.zone());
    }

    private long part(long amount) {
        return Math.max(1, amount / nodes);
    }

    private long allowance(Limit limit) {
        long amount = limit.spec().amount() / 100 * ALLOWANCE_PERCENT;
        if (limit.spec().kind() == Kind.COST) {
            amount = Math.min(amount, MOST_NANO_USD);
        }
        Word word = said.get(limit.id());
        long left = word == null ? 0 : word.left(limit.spec());
        long allowance = Math.min(amount, left) / nodes;
        if (allowance < 1) {
            throw new StoreAway("quota store: away, and " + limit.id() + " may not be guessed");
        }
        return allowance;
    }
}
