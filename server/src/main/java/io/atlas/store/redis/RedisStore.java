package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import io.atlas.nodes.NodeRegistry;
import io.atlas.replay.AnswerStore;
import io.atlas.store.Agreement;
import io.atlas.store.Health;
import io.atlas.store.Notices;
import io.atlas.store.Patience;
import io.atlas.store.QuotaStore;
import io.atlas.store.StoreAway;
import io.atlas.store.StoreUnfit;
import io.atlas.store.lease.Drawing;
import io.atlas.store.lease.Leases;
import io.atlas.store.redis.Unsaid.Thing;
import io.atlas.store.share.Absence;
import io.atlas.store.share.Alone;
import io.atlas.store.share.Breaker;
import io.atlas.store.share.Endings;
import io.atlas.store.share.Holds;
import io.atlas.store.share.LimitsInForce;
import io.atlas.store.share.LocalShare;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters of all nodes, in a Redis that they share: see {@link Steps}. While it is away, or does not have what this
 * node has counted, this node gives out its {@link LocalShare}; nothing waits for the server longer than its patience. What
 * happened meanwhile is in the ledger, from which the counters are made right as soon as the server is back.
 */
public final class RedisStore implements QuotaStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);

    /** How long a step may take. */
    private static final Duration PATIENCE = Duration.ofMillis(40);

    /** How long a reservation lives without a sign of life of its node. */
    static final long TTL_MICROS = 60_000_000;

    private final Link link;
    private final Patience patience;
    private final Steps steps;
    private final Breaker breaker;
    private final LocalShare share = new LocalShare(this::heldAtOnce);
    private final Telling telling;
    private final Endings endings = new Endings();
    private final Unsaid unsaid = new Unsaid();
    private final Upkeep upkeep;
    private final Holds open = new Holds();
    private final Leases leases;
    private final Looks looks;
    private final Alone alone;
    private final Absence absence;

    private final AtomicReference<LimitsInForce> inForce = new AtomicReference<>(LimitsInForce.NONE);

    private RedisStore(Link link, String node, TimeSource time, Duration patience) {
        this.link = link;
        this.patience = new Patience(patience);
        steps = new Steps(link, node, Steps.Clock.SERVER);
        breaker = new Breaker(time::nanos);
        absence = new Absence(breaker);
        RedisLender lender = new RedisLender(link, node, Steps.Clock.SERVER, time::epochMicros, share::learn);
        leases = new Leases(
                new NodeFloor(lender, time, breaker, share, absence::failed, () -> {
                    unsaid.lose();
                    absence.disowned();
                }),
                this.patience);
        looks = new Looks(steps, leases, share, absence, this.patience);
        alone = new Alone(share, leases, open.lately());
        telling = new Telling(steps, lender, open, unsaid);
        link.onLoss(absence::lost);
        upkeep = new Upkeep(
                new Upkeep.Ward(link, steps, breaker, absence, share, unsaid, node, open, leases, alone),
                time,
                inForce::get);
    }

    /**
     * Connects, now or when the server is there.
     *
     * @param url where the server is, {@code redis://HOST:PORT}, or who knows: {@code redis-sentinel://HOST:PORT,...#MASTER},
     *     {@code redis-cluster://HOST:PORT,...}
     * @param node the name of this node, the same after a restart, without a colon
     * @throws StoreUnfit where it is there and not fit to keep counters
     */
    public static RedisStore open(String url, String node, TimeSource time) {
        return open(url, node, time, PATIENCE);
    }

    /** The same with that patience for a step. */
    static RedisStore open(String url, String node, TimeSource time, Duration patience) {
        Link link = Link.to(url, Scripts.bundled());
        RedisStore store = new RedisStore(link, node, time, patience);
        try {
            link.connect();
            Optional<String> unfit = link.unfit();
            if (unfit.isPresent()) {
                store.close();
                throw new StoreUnfit(unfit.orElseThrow());
            }
            store.steps.rehearse(time.epochMicros());
        } catch (StoreAway e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("the quota store is away at the start");
        }
        return store;
    }

    /** From now on looks after the server, and has this done where it has lost what this node had counted. */
    public void follow(Runnable recount) {
        upkeep.start(recount);
    }

    /** The nodes that say how they are in the same place. */
    public NodeRegistry nodes() {
        return new RedisNodes(link);
    }

    /** How many nodes were last seen there, this one among them. */
    public int nodesSeen() {
        return share.nodes();
    }

    /** What the node of that name has charged, as the server has it. */
    public Charges chargesOf(String node) {
        return new Charges(new Steps(link, node, Steps.Clock.SERVER), breaker, unsaid, inForce::get, open.lately());
    }

    /** How the server is; throws {@link StoreAway} where it does not answer. Blocks. */
    public Health health() {
        return link.health();
    }

    /** On what the nodes agree by which people behind keys are told apart. */
    public Agreement agreement() {
        return (tenant, own) -> link.agreed("atlas:people", tenant, own);
    }

    /** What the node of that name and the others say to each other. */
    public Notices notices(String node) {
        return (thing, own) -> link.exchange(thing, node, own);
    }

    /** The answers that callers gave a name, beside the counters. */
    public AnswerStore answers() {
        return new RedisAnswers(link, breaker);
    }

    /** For how long this node has been giving out its own share; zero where the server is there. */
    public Duration awayFor() {
        return breaker.openFor();
    }

    @Override
    public CompletionStage<Verdict> reserve(String id, LimitPath path, Demand demand, long nowMicros) {
        List<Limit> limits = inForce.get().binding(path.limits());
        if (breaker.open() && !limits.isEmpty()) {
            return alone.reserve(id, limits, demand, nowMicros);
        }
        return draw(id, leases.leased(limits), limits, demand, nowMicros);
    }

    private CompletionStage<Verdict> draw(
            String id, List<Limit> leased, List<Limit> limits, Demand demand, long nowMicros) {
        if (leased.isEmpty()) {
            return reserveOwn(id, List.of(), limits, demand, nowMicros);
        }
        return leases.draw(id, leased, demand)
                .handle((drawing, failure) -> switch (drawing) {
                    case null -> {
                        absence.failed(failure);
                        yield alone.reserve(id, limits, demand, nowMicros);
                    }
                    case Drawing.Unknown _ -> {
                        absence.forgetful();
                        yield alone.reserve(id, limits, demand, nowMicros);
                    }
                    case Drawing.Refused no
                    when !leases.cool(leased) -> looks.refused(no.refused(), Leases.own(limits), demand, nowMicros);
                    case Drawing.Refused _ -> draw(id, Leases.shared(limits), limits, demand, nowMicros);
                    case Drawing.Drawn drawn -> reserveOwn(id, drawn.taken(), limits, demand, nowMicros);
                })
                .thenCompose(stage -> stage);
    }

    /** The tenant's part of a path, where that was not taken of leases with the rest. */
    private CompletionStage<Verdict> reserveOwn(
            String id, List<Taken> shared, List<Limit> limits, Demand demand, long nowMicros) {
        List<Limit> own = Leases.without(limits, shared);
        if (own.isEmpty()) {
            return CompletableFuture.completedStage(
                    new Verdict.Granted(Reservation.elsewhere(id, demand, shared, nowMicros + TTL_MICROS)));
        }
        if (own.getFirst().place() instanceof Place.OfEndUser person) {
            welcome(new Place.OfTenant(person.key().tenant()));
        }
        return patience.with(steps.reserve(new Steps.Wish(id, own, demand, TTL_MICROS), nowMicros))
                .handle((answer, failure) -> {
                    if (answer instanceof Steps.Answer.Decided decided) {
                        breaker.succeeded();
                        return CompletableFuture.completedStage(decided(id, decided.verdict(), shared, nowMicros));
                    }
                    if (answer instanceof Steps.Answer.Unmarked) {
                        absence.forgetful();
                    } else {
                        absence.failed(failure);
                        unsaid.letGo(steps, id, own, nowMicros);
                    }
                    leases.end(id, Optional.empty());
                    return alone.reserve(id, limits, demand, nowMicros);
                })
                .thenCompose(stage -> stage);
    }

    /** Of whom nothing is in force nothing was told: he is told of with the first of his people, just before him. */
    private void welcome(Place.OfTenant guest) {
        if (!inForce.get().guests().contains(guest)) {
            inForce.updateAndGet(limits -> limits.with(Set.of(guest)));
            steps.mark(Names.tag(guest)).whenComplete((_, failure) -> absence.ended(failure));
        }
    }

    /** Who is refused by his own limits holds nothing of those of all. */
    private Verdict decided(String id, Verdict verdict, List<Taken> shared, long nowMicros) {
        share.learn(verdict, nowMicros);
        return switch (verdict) {
            case Verdict.Granted granted ->
                new Verdict.Granted(open.add(granted.reservation()).with(shared));
            case Verdict.Refused _ -> {
                leases.end(id, Optional.empty());
                yield verdict;
            }
        };
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        Optional<List<Limit>> here = alone.settle(reservation.id(), actual, nowMicros);
        if (here.isEmpty()) {
            return end(reservation, Optional.of(actual), nowMicros);
        }
        endings.counted(reservation.id());
        Names.byTag(here.orElseThrow()).forEach(there -> unsaid.add(new Thing.Charge(there, actual, nowMicros)));
        return CompletableFuture.completedStage(true);
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation, long nowMicros) {
        return alone.release(reservation.id(), nowMicros)
                ? CompletableFuture.completedStage(true)
                : end(reservation, Optional.empty(), nowMicros);
    }

    private long heldAtOnce(Limit limit) {
        return open.atOnce(limit) + leases.held(limit);
    }

    /** An ending that the server does not hear of is told when it is back. */
    private CompletionStage<Boolean> end(Reservation reservation, Optional<Demand> used, long nowMicros) {
        List<Reservation> own = alone.leave(reservation);
        if (own.isEmpty() && reservation.taken().isEmpty()) {
            return CompletableFuture.completedStage(Quota.release(reservation, nowMicros));
        }
        used.ifPresent(_ -> endings.counted(reservation.id()));
        boolean held = leases.holds(reservation.id());
        CompletionStage<Boolean> ended =
                patience.with(leases.end(reservation.id(), used)).handle((_, _) -> held);
        for (Reservation part : own) {
            ended = endOwn(part, used, nowMicros).thenCombine(ended, (first, _) -> first);
        }
        return ended;
    }

    private CompletionStage<Boolean> endOwn(Reservation own, Optional<Demand> used, long nowMicros) {
        boolean first = open.remove(own.id());
        if (breaker.open()) {
            unsaid.add(new Thing.Ending(own.id(), Steps.limits(own), used, false, nowMicros));
            return CompletableFuture.completedStage(first);
        }
        return patience.with(steps.end(own, used, nowMicros)).exceptionally(failure -> {
            unsaid.add(new Thing.Ending(own.id(), Steps.limits(own), used, true, nowMicros));
            absence.failed(failure);
            return first;
        });
    }

    @Override
    public CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return looks.refusal(inForce.get().binding(limits), demand, nowMicros);
    }

    @Override
    public CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return looks.levels(limits, nowMicros);
    }

    /** Counters of what is not in force go by themselves, once a fresh one could take their place. */
    @Override
    public void forget(List<Limit> limits, long nowMicros) {
        share.forget(limits);
    }

    @Override
    public List<Limit> uncounted(List<Limit> limits) {
        return absence.unless(() -> new ArrayList<>(Link.await(steps.uncounted(limits))), List.of());
    }

    @Override
    public synchronized void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros) {
        List<Limit> all = new ArrayList<>(kept);
        all.addAll(fresh);
        LimitsInForce next = inForce.get().followedBy(all, nowMicros);
        try {
            List<Leases.Held> again = kept.isEmpty() ? anew() : List.of();
            telling.tell(new Telling.Change(kept, fresh, held, again), next, nowMicros);
            telling.levels(fresh, nowMicros).forEach((limit, level) -> share.learn(limit, level, nowMicros));
            inForce.updateAndGet(now -> next.with(now.guests()));
            if (kept.isEmpty()) {
                upkeep.recounted(next);
            }
        } catch (StoreAway e) {
            inForce.updateAndGet(now -> next.with(now.guests()));
            unsaid.lose();
            absence.failed(e);
            absence.forgetful();
        }
        share.retain(next);
    }

    /** A server that does not hear it leaks by what it was told before, until the next request. */
    @Override
    public synchronized void resize(List<Limit> limits, long nowMicros) {
        LimitsInForce resized = inForce.updateAndGet(now -> now.saying(limits));
        absence.watch(() -> telling.resize(resized.among(limits), nowMicros));
    }

    /** What was told or is to be told until now is in the ledger. */
    private List<Leases.Held> anew() {
        upkeep.recounting();
        endings.recount();
        unsaid.clear();
        share.recounted();
        return leases.renew();
    }

    @Override
    public void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        telling.charge(endings.uncounted(limits, settled), actual, atMicros)
                .whenComplete((_, failure) -> charged(failure));
    }

    /** A charge has no name: whether one that failed is counted cannot be asked, so all of it is counted again. */
    private void charged(@Nullable Throwable failure) {
        if (failure != null) {
            unsaid.lose();
            absence.failed(failure);
            absence.unheard();
        }
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        steps.contribute(List.of(new Posting(limit, amount, atMicros)), atMicros)
                .whenComplete((_, failure) -> absence.ended(failure));
    }

    @Override
    public void close() {
        try {
            upkeep.leave();
            Link.await(leases.retire());
        } catch (StoreAway e) {
            LOG.atWarn().setCause(e).log("leases were not given back: they count as used until this node starts again");
        }
        upkeep.close();
        link.close();
        patience.close();
    }
}
