package io.atlas.store.redis;

import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Reservation;
import io.atlas.store.StoreAway;
import io.atlas.store.StoreBusy;
import io.atlas.store.lease.Leases;
import io.atlas.store.share.Absence;
import io.atlas.store.share.Alone;
import io.atlas.store.share.Breaker;
import io.atlas.store.share.Holds;
import io.atlas.store.share.LimitsInForce;
import io.atlas.store.share.LocalShare;
import io.atlas.store.share.Peers;
import io.atlas.time.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the server, on a thread of its own. While it is there: signs of life for what this node holds, an end for
 * what nobody has given one for, and a count of the nodes. While it is away: a look whether it is back; if it is, the
 * counters are made right before it is asked again.
 */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private static final long LOOK_MILLIS = 250;
    private static final long TEND_MILLIS = 100;
    private static final long SIGNS_SECONDS = 10;
    private static final int EXPIRED_AT_ONCE = 100;
    private static final long ABANDON_NANOS = 2_000_000_000;

    /** What it looks after, for which node. */
    record Ward(
            Link link,
            Steps steps,
            Breaker breaker,
            Absence absence,
            LocalShare share,
            Unsaid unsaid,
            String node,
            Holds open,
            Leases leases,
            Alone alone) {}

    private final Ward ward;
    private final TimeSource time;
    private final Supplier<LimitsInForce> inForce;
    private final ScheduledThreadPoolExecutor thread;
    private volatile long abandonAtNanos;
    private volatile Map<String, List<String>> suspects = Map.of();

    private final Peers peers = new Peers();

    private final Roll roll;

    private Optional<String> toldUnfit = Optional.empty();

    private final List<Future<?>> works = new CopyOnWriteArrayList<>();

    Upkeep(Ward ward, TimeSource time, Supplier<LimitsInForce> inForce) {
        this.ward = ward;
        this.time = time;
        this.inForce = inForce;
        roll = new Roll(ward.link, ward.node);
        ThreadFactory named = Thread.ofPlatform().daemon().name("atlas-redis").factory();
        thread = new ScheduledThreadPoolExecutor(1, named);
    }

    void start(Runnable recount) {
        works.add(thread.scheduleWithFixedDelay(
                () -> carefully(() -> look(recount)), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS));
        works.add(thread.scheduleWithFixedDelay(
                () -> carefully(this::tend), TEND_MILLIS, TEND_MILLIS, TimeUnit.MILLISECONDS));
        works.add(thread.scheduleWithFixedDelay(() -> carefully(this::signs), 0, SIGNS_SECONDS, TimeUnit.SECONDS));
        carefully(this::introduce);
    }

    private void introduce() {
        if (!ward.breaker.open()) {
            roll.introduce();
        }
    }

    private void carefully(Runnable work) {
        try {
            work.run();
        } catch (StoreAway e) {
            LOG.atDebug().setCause(e).log("the quota store is away");
            ward.absence.remains(e);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the quota store could not be looked after");
        }
    }

    /** The servers that are told everything from now on: if it is another one at the end, it has not heard all. Blocks. */
    void recounting() {
        roll.begin();
    }

    /**
     * The server has all that this node has counted; it is asked again once it has what the others have. What it holds for
     * this node, and nobody knows of, is to be let go of: soon, and not at once, as what ended while the server was away is
     * held until its line is counted. Blocks.
     */
    void recounted(LimitsInForce next) {
        Map<String, List<String>> held = new HashMap<>();
        Names.tags(next).forEach(tag -> held.put(tag, Link.await(ward.steps.holds(tag))));
        suspects = Map.copyOf(held);
        abandonAtNanos = time.nanos() + ABANDON_NANOS;
        peers.await(time.nanos());
        back();
    }

    /** Asks the server again, unless others have yet to tell it what they counted, or it has given way to another. */
    private void back() {
        holdThere();
        roll.sign();
        List<String> told = roll.told();
        if (!peers.complete(told, time.nanos()) || !roll.sameServers()) {
            return;
        }
        saw(told);
        sayAll();
        ward.breaker.close();
        sayAll();
        holdThere();
    }

    /**
     * What requests hold of this node alone is held by the server from now on: it would be given out again else for as long
     * as they last. Blocks.
     */
    private void holdThere() {
        List<Alone.Here> all = ward.alone.open();
        for (int i = 0; i < all.size(); i += EXPIRED_AT_ONCE) {
            holdThere(all.subList(i, Math.min(all.size(), i + EXPIRED_AT_ONCE)));
        }
    }

    /** Each under a name that nobody had: the server may have been told that the request's own was given up. */
    private void holdThere(List<Alone.Here> some) {
        long nowMicros = time.epochMicros();
        Map<Alone.Here, List<Reservation>> there = new LinkedHashMap<>();
        for (Alone.Here here : some) {
            List<Reservation> parts = new ArrayList<>();
            for (List<Limit> limits : Names.byTag(here.limits())) {
                String name = here.reservation().id() + "@" + Names.tag(limits) + "@" + nowMicros;
                parts.add(here.there(name, limits, nowMicros, nowMicros + RedisStore.TTL_MICROS));
            }
            parts.forEach(ward.open::add);
            there.put(here, parts);
        }
        Map<Reservation, CompletionStage<?>> asked = new LinkedHashMap<>();
        there.values().forEach(parts -> parts.forEach(part -> asked.put(part, ward.steps.holdAgain(part, nowMicros))));
        Set<Reservation> busy = unheard(asked);
        there.forEach((here, parts) -> {
            boolean heard = parts.stream().noneMatch(busy::contains);
            if (!heard || !ward.alone.move(here, parts, nowMicros)) {
                parts.forEach(part -> letGo(part, nowMicros));
            }
        });
    }

    /** Those of which nothing is held, as their keys are on their way; it is tried again with the next look. Blocks. */
    private Set<Reservation> unheard(Map<Reservation, CompletionStage<?>> asked) {
        Set<Reservation> busy = new HashSet<>();
        asked.forEach((part, answer) -> {
            try {
                Link.await(answer);
            } catch (StoreBusy e) {
                busy.add(part);
            } catch (StoreAway e) {
                asked.keySet().forEach(one -> ward.open.remove(one.id()));
                ward.unsaid.lose();
                ward.absence.unheard();
                throw e;
            }
        });
        return busy;
    }

    private void letGo(Reservation part, long nowMicros) {
        ward.open.remove(part.id());
        ward.unsaid.letGo(ward.steps, part.id(), Steps.limits(part), nowMicros);
    }

    /** This node will not be there. Blocks. */
    void leave() {
        works.forEach(work -> work.cancel(true));
        if (!ward.breaker.open()) {
            roll.leave();
        }
    }

    private void saw(List<String> nodes) {
        ward.share.among(nodes.size());
        peers.saw(nodes);
    }

    /** Where the keys of a tenant are on their way it is tried again with the next look. Blocks. */
    private void abandon() {
        Map<String, List<String>> left = new HashMap<>(suspects);
        for (Map.Entry<String, List<String>> held : suspects.entrySet()) {
            try {
                abandon(held.getKey(), held.getValue());
                left.remove(held.getKey());
            } catch (StoreBusy e) {
                LOG.atDebug().setCause(e).log("it is let go of later");
            }
        }
        suspects = Map.copyOf(left);
    }

    private void abandon(String tag, List<String> ids) {
        List<String> nobodys = ids.stream()
                .filter(id -> !ward.open.has(id) && !ward.leases.knows(id))
                .toList();
        for (int i = 0; i < nobodys.size(); i += EXPIRED_AT_ONCE) {
            Link.await(ward.steps.abandon(tag, nobodys.subList(i, Math.min(nobodys.size(), i + EXPIRED_AT_ONCE))));
        }
    }

    private void tend() {
        if (!ward.breaker.open()) {
            ward.leases.tend();
        }
    }

    private void look(Runnable recount) {
        if (!suspects.isEmpty() && !ward.breaker.open() && time.nanos() - abandonAtNanos >= 0) {
            abandon();
        }
        if (!ward.breaker.open()) {
            List<String> told = toldWhereAllAreThere();
            if (told.contains(ward.node)) {
                saw(told);
                sayAll();
                holdThere();
                askAgain();
                return;
            }
            ward.absence.forgetful();
        }
        if (ward.link.connect()) {
            ward.steps.rehearse(time.epochMicros());
        }
        if (!fit()) {
            return;
        }
        if (told().contains(ward.node) && !ward.unsaid.incomplete() && marked()) {
            back();
        } else {
            recount.run();
        }
        if (!ward.breaker.open()) {
            LOG.atInfo().log("the quota store is there, and has what this node has counted");
        }
    }

    /** Of several servers one may be away while the others answer all steps. */
    private List<String> toldWhereAllAreThere() {
        try {
            roll.look();
            return told();
        } catch (StoreAway e) {
            ward.absence.silent(e);
            throw e;
        }
    }

    /** Those who have told the servers everything; nobody where these are others than they were. */
    private List<String> told() {
        if (roll.sameServers()) {
            return roll.told();
        }
        if (!roll.onlyMoved() || !marked()) {
            return List.of();
        }
        roll.move();
        LOG.atInfo().log("the servers of the quota store have divided their keys anew");
        return roll.told();
    }

    private boolean marked() {
        return Link.await(ward.steps.marked(Names.tags(inForce.get())));
    }

    /** Whether the server that is there may keep counters; it is said once for each reason why not. */
    private boolean fit() {
        Optional<String> unfit = ward.link.unfit().or(ward.link::unwritable);
        if (unfit.isPresent() && !unfit.equals(toldUnfit)) {
            LOG.atError().addKeyValue("reason", unfit.orElseThrow()).log("the quota store cannot be used as it is");
        }
        toldUnfit = unfit;
        return unfit.isEmpty();
    }

    /** Asks how full those limits are of which this node gave something out while the server was away. Blocks. */
    private void askAgain() {
        for (List<Limit> limits : Telling.chunks(ward.share.unknown())) {
            long nowMicros = time.epochMicros();
            List<Level> levels = Link.await(ward.steps.levels(limits, nowMicros));
            for (int i = 0; i < limits.size(); i++) {
                ward.share.known(limits.get(i), levels.get(i), nowMicros);
            }
        }
    }

    /**
     * Tells the server what it could not be told. Where it is not known whether it heard, all is counted again. Blocks.
     */
    void sayAll() {
        for (List<Unsaid.Thing> next = ward.unsaid.next(); !next.isEmpty(); next = ward.unsaid.next()) {
            List<CompletionStage<Void>> said =
                    next.stream().map(thing -> Unsaid.say(ward.steps, thing)).toList();
            List<Unsaid.Thing> later = new ArrayList<>();
            for (int i = 0; i < next.size(); i++) {
                if (!heard(next.get(i), said.get(i))) {
                    later.add(next.get(i));
                }
            }
            if (!later.isEmpty()) {
                later.forEach(ward.unsaid::add);
                return;
            }
        }
    }

    private boolean heard(Unsaid.Thing thing, CompletionStage<Void> said) {
        try {
            Link.await(said);
        } catch (StoreBusy e) {
            LOG.atDebug().setCause(e).log("it is said later");
            return false;
        } catch (StoreAway e) {
            ward.unsaid.lose();
            ward.absence.unheard();
            throw e;
        }
        if (thing instanceof Unsaid.Thing.Charge charge) {
            ward.share.told(charge.limits());
        }
        return true;
    }

    private void signs() {
        if (ward.breaker.open()) {
            return;
        }
        if (!roll.told().contains(ward.node)) {
            ward.absence.forgetful();
            return;
        }
        roll.sign();
        long nowMicros = time.epochMicros();
        List<CompletionStage<Boolean>> signs = new ArrayList<>();
        for (Reservation reservation : ward.open.all()) {
            signs.add(ward.steps.extend(reservation, RedisStore.TTL_MICROS, nowMicros));
        }
        signs.forEach(Link::await);
        ward.leases.signs();
        for (String tag : Names.tags(inForce.get())) {
            List<String> ended = Link.await(ward.steps.expire(tag, EXPIRED_AT_ONCE, nowMicros));
            if (!ended.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("tenant", tag)
                        .addKeyValue("reservations", ended.size())
                        .log("their node is dead: what they held is free");
            }
        }
    }

    @Override
    public void close() {
        works.forEach(work -> work.cancel(true));
        thread.shutdownNow();
    }
}
