package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import io.atlas.replay.AnswerStore;
import io.atlas.store.QuotaStore;
import io.atlas.store.StoreAway;
import io.atlas.store.redis.Unsaid.Thing;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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
    private final Duration patience;
    private final Steps steps;
    private final Breaker breaker;
    private final LocalShare share = new LocalShare();
    private final Telling telling;
    private final Endings endings = new Endings();
    private final Unsaid unsaid = new Unsaid();
    private final Upkeep upkeep;

    /** What this node holds there. */
    private final Map<String, Reservation> open = new ConcurrentHashMap<>();

    /** What this node holds of its own share, and of which limits. */
    private final Map<String, List<Limit>> openHere = new ConcurrentHashMap<>();

    private volatile LimitsInForce inForce = LimitsInForce.NONE;

    private RedisStore(Link link, String node, TimeSource time, Duration patience) {
        this.link = link;
        this.patience = patience;
        steps = new Steps(link, node, Steps.Clock.SERVER);
        breaker = new Breaker(time::nanos);
        telling = new Telling(steps, open);
        link.onLoss(this::lost);
        upkeep = new Upkeep(new Upkeep.Ward(link, steps, breaker, share, unsaid, node, open), time, () -> inForce);
    }

    /**
     * Connects.
     *
     * @param url where the server is: {@code redis://HOST:PORT}
     * @param node the name of this node, the same after a restart, without a colon
     * @throws StoreAway where it does not answer, or is not fit to keep counters
     */
    public static RedisStore open(String url, String node, TimeSource time) {
        return open(url, node, time, PATIENCE);
    }

    /** The same with that patience for a step. */
    static RedisStore open(String url, String node, TimeSource time, Duration patience) {
        Link link = Link.open(url, Scripts.bundled());
        try {
            link.check();
            RedisStore store = new RedisStore(link, node, time, patience);
            store.steps.rehearse(time.epochMicros());
            return store;
        } catch (StoreAway e) {
            link.close();
            throw e;
        }
    }

    /** From now on looks after the server, and has this done where it has lost what this node had counted. */
    public void follow(Runnable recount) {
        upkeep.start(recount);
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
        List<Limit> limits = inForce.binding(path.limits());
        if (limits.isEmpty()) {
            return CompletableFuture.completedStage(
                    new Verdict.Granted(Reservation.elsewhere(id, demand, List.of(), nowMicros + TTL_MICROS)));
        }
        if (breaker.open()) {
            return here(id, limits, demand, nowMicros);
        }
        return inTime(steps.reserve(new Steps.Wish(id, limits, demand, TTL_MICROS), nowMicros))
                .handle((answer, failure) -> {
                    if (answer instanceof Steps.Answer.Decided decided) {
                        breaker.succeeded();
                        granted(decided.verdict());
                        return CompletableFuture.completedStage(decided.verdict());
                    }
                    if (answer instanceof Steps.Answer.Unmarked) {
                        away();
                    } else {
                        failed(failure);
                        steps.release(id, limits, nowMicros);
                    }
                    return here(id, limits, demand, nowMicros);
                })
                .thenCompose(stage -> stage);
    }

    /** What is later is as good as lost. */
    private <T> CompletionStage<T> inTime(CompletionStage<T> stage) {
        return stage.toCompletableFuture().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void granted(Verdict verdict) {
        if (verdict instanceof Verdict.Granted granted) {
            open.put(granted.reservation().id(), granted.reservation());
            share.learn(granted.reservation());
        }
    }

    private CompletionStage<Verdict> here(String id, List<Limit> limits, Demand demand, long nowMicros) {
        try {
            Verdict verdict = share.reserve(id, limits, demand, nowMicros);
            if (verdict instanceof Verdict.Granted) {
                openHere.put(id, limits);
            }
            return CompletableFuture.completedStage(verdict);
        } catch (StoreAway e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        List<Limit> here = openHere.remove(reservation.id());
        if (here != null) {
            share.settle(reservation, actual, nowMicros);
            endings.counted(reservation.id());
            if (breaker.open()) {
                unsaid.add(new Thing.Charge(lasting(here), actual, nowMicros));
            } else {
                charge(here, actual, nowMicros);
            }
            return CompletableFuture.completedStage(true);
        }
        return end(reservation, Optional.of(actual), nowMicros);
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation, long nowMicros) {
        if (openHere.remove(reservation.id()) != null) {
            share.release(reservation, nowMicros);
            return CompletableFuture.completedStage(true);
        }
        return end(reservation, Optional.empty(), nowMicros);
    }

    /** An ending that the server does not hear of is told when it is back. */
    private CompletionStage<Boolean> end(Reservation reservation, Optional<Demand> used, long nowMicros) {
        boolean first = open.remove(reservation.id()) != null;
        if (reservation.taken().isEmpty()) {
            return CompletableFuture.completedStage(Quota.release(reservation, nowMicros));
        }
        endings.counted(reservation.id());
        if (breaker.open()) {
            unsaid.add(new Thing.Ending(reservation, used, false, nowMicros));
            return CompletableFuture.completedStage(first);
        }
        return inTime(steps.end(reservation, used, nowMicros)).exceptionally(failure -> {
            unsaid.add(new Thing.Ending(reservation, used, true, nowMicros));
            failed(failure);
            return first;
        });
    }

    @Override
    public CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        List<Limit> binding = inForce.binding(limits);
        if (binding.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        return breaker.open()
                ? share.refusal(binding, demand, nowMicros)
                : inTime(steps.refusal(binding, demand, nowMicros)).whenComplete((_, failure) -> failedIf(failure));
    }

    @Override
    public CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        if (limits.isEmpty()) {
            return CompletableFuture.completedStage(List.of());
        }
        if (breaker.open()) {
            return share.levels(limits, nowMicros);
        }
        return inTime(steps.levels(limits, nowMicros)).exceptionallyCompose(failure -> {
            failed(failure);
            return share.levels(limits, nowMicros);
        });
    }

    /** Counters go by themselves, once a fresh one could take their place. */
    @Override
    public void forget(List<Limit> limits, long nowMicros) {
        // Nothing to do: every value of the server has a time to live.
    }

    @Override
    public List<Limit> uncounted(List<Limit> limits) {
        try {
            return new ArrayList<>(Link.await(steps.uncounted(limits)));
        } catch (StoreAway e) {
            failed(e);
            return List.of();
        }
    }

    @Override
    public synchronized void enforce(List<Limit> kept, List<Limit> fresh, List<Posting> held, long nowMicros) {
        if (kept.isEmpty()) {
            endings.recount();
            unsaid.clear();
        }
        List<Limit> all = new ArrayList<>(kept);
        all.addAll(fresh);
        LimitsInForce next = inForce.followedBy(all, nowMicros);
        try {
            telling.tell(new Telling.Change(kept, fresh, held), next, nowMicros);
            telling.levels(fresh, nowMicros).forEach(share::learn);
            inForce = next;
            if (kept.isEmpty()) {
                upkeep.recounted(next);
                upkeep.sayAll();
                breaker.close();
                upkeep.sayAll();
            }
        } catch (StoreAway e) {
            inForce = next;
            failed(e);
            away();
        }
        share.retain(next);
    }

    @Override
    public void charge(List<Limit> limits, Reservation settled, Demand actual, long atMicros) {
        if (endings.lost(settled.id())) {
            charge(limits, actual, atMicros);
            return;
        }
        List<String> held =
                settled.taken().stream().map(taken -> taken.limit().id()).toList();
        List<Limit> missing =
                limits.stream().filter(limit -> !held.contains(limit.id())).toList();
        charge(missing, actual, atMicros);
    }

    private void charge(List<Limit> limits, Demand actual, long atMicros) {
        List<Limit> lasting = lasting(limits);
        if (!lasting.isEmpty()) {
            steps.charge(lasting, actual, atMicros).whenComplete((_, failure) -> failedIf(failure));
        }
    }

    private static List<Limit> lasting(List<Limit> limits) {
        return limits.stream().filter(limit -> limit.spec().per().isPresent()).toList();
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        steps.contribute(List.of(new Posting(limit, amount, atMicros)), atMicros)
                .whenComplete((_, failure) -> failedIf(failure));
    }

    private void failedIf(Throwable failure) {
        if (failure != null) {
            failed(failure);
        }
    }

    private void failed(Throwable failure) {
        LOG.atDebug().setCause(failure).log("a step of the quota store failed");
        if (breaker.failed()) {
            begin("it answers too late, or not at all");
        }
    }

    private void lost() {
        if (breaker.trip()) {
            begin("the connection is lost");
        }
    }

    private void away() {
        if (breaker.trip()) {
            begin("it does not have all that this node has counted");
        }
    }

    private void begin(String why) {
        share.begin();
        LOG.atWarn().addKeyValue("why", why).log("the quota store is away: this node gives out its own share");
    }

    @Override
    public void close() {
        upkeep.close();
        link.close();
    }
}
