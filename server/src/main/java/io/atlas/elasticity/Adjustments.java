package io.atlas.elasticity;

import io.atlas.config.Snapshot;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.elasticity.Schedule;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.store.Notices;
import io.atlas.store.StoreAway;
import io.atlas.time.TimeSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what limits say now to the counters: four times a second where a schedule has come to another hour, and every five
 * seconds by the load. What a limit says is a function of the instant and of the last step; a look that is missed is made
 * up for by the next.
 */
public final class Adjustments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Adjustments.class);
    private static final String DEMAND = "demand";
    private static final long LOOK_MILLIS = 250;
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Supplier<Snapshot> snapshot;
    private final ElasticStore store;
    private final Surroundings surroundings;
    private final TimeSource time;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("atlas-adjustments").factory());
    private Optional<Future<?>> looks = Optional.empty();

    /** All of this is the thread's alone. */
    private final BackendUse use = new BackendUse();

    private final Map<LoadGroup.Key, LoadGroup> groups = new HashMap<>();
    private Optional<Snapshot> seen = Optional.empty();
    private List<Limit> elastic = List.of();
    private Map<String, Asked> asked = Map.of();
    private Map<LoadGroup.Key, List<LoadGroup.Part>> parts = Map.of();
    private Map<String, Long> amounts = Map.of();
    private Rates rates = Rates.NONE;
    private long steppedNanos;
    private long nextChangeMicros;
    private boolean oversold;

    /**
     * What is looked at.
     *
     * @param rooms what is in use at each backend, and how much may be
     * @param nodes how many nodes give out the same limits, this one among them
     * @param notices where they tell each other what they see
     */
    public record Surroundings(Supplier<Map<String, List<Room>>> rooms, IntSupplier nodes, Notices notices) {}

    /** A zone's hours. */
    private record Calendar(Schedule schedule, ZoneId zone) {}

    private Adjustments(Supplier<Snapshot> snapshot, ElasticStore store, Surroundings surroundings, TimeSource time) {
        this.snapshot = snapshot;
        this.store = store;
        this.surroundings = surroundings;
        this.time = time;
        this.steppedNanos = time.nanos();
    }

    /** Begins; when this returns, limits say what they say at this hour. */
    public static Adjustments start(
            Supplier<Snapshot> snapshot, ElasticStore store, Surroundings surroundings, TimeSource time) {
        Adjustments adjustments = new Adjustments(snapshot, store, surroundings, time);
        adjustments.look();
        adjustments.looks = Optional.of(adjustments.thread.scheduleWithFixedDelay(
                adjustments::lookOrSay, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS));
        return adjustments;
    }

    private void lookOrSay() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("rates could not be adjusted; it is tried again");
        }
    }

    private void look() {
        long nowMicros = time.epochMicros();
        Snapshot current = snapshot.get();
        boolean changed = !seen.equals(Optional.of(current));
        if (changed) {
            follow(current);
        }
        boolean stepped = !parts.isEmpty() && step(current, nowMicros);
        if (changed || stepped || nowMicros >= nextChangeMicros) {
            publish(current, nowMicros);
        }
    }

    private void follow(Snapshot next) {
        elastic = next.limits().stream()
                .filter(limit -> limit.spec().elasticity().isPresent())
                .toList();
        Map<String, Asked> nextAsked = new HashMap<>();
        Map<LoadGroup.Key, List<LoadGroup.Part>> nextParts = new HashMap<>();
        for (Limit limit : elastic) {
            if (limit.spec().elasticity().flatMap(Elasticity::range).isPresent()) {
                nextAsked.put(limit.id(), new Asked());
                nextParts
                        .computeIfAbsent(LoadGroup.Key.of(limit), _ -> new ArrayList<>())
                        .add(new LoadGroup.Part(limit, LoadGroup.weight(limit, next)));
            }
        }
        parts = nextParts;
        groups.keySet().retainAll(parts.keySet());
        amounts = amounts.entrySet().stream()
                .filter(entry -> nextAsked.containsKey(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        asked = Map.copyOf(nextAsked);
        store.count(asked);
        seen = Optional.of(next);
    }

    /** One step of the load, where it is time for it. */
    private boolean step(Snapshot current, long nowMicros) {
        use.look(surroundings.rooms.get());
        long nanos = time.nanos();
        if (nanos - steppedNanos < STEP_NANOS) {
            return false;
        }
        double seconds = (double) (nanos - steppedNanos) / TimeUnit.SECONDS.toNanos(1);
        steppedNanos = nanos;
        Sight sight = sight(seconds);
        Map<String, Long> next = new HashMap<>();
        boolean tooMuch = false;
        for (Map.Entry<LoadGroup.Key, List<LoadGroup.Part>> of : parts.entrySet()) {
            Set<String> backends = LoadGroup.backends(of.getValue().getFirst().limit(), current.configuration());
            LoadGroup.Step step = groups.computeIfAbsent(of.getKey(), _ -> new LoadGroup())
                    .step(of.getValue(), new LoadGroup.Interval(sight, backends, seconds), nowMicros);
            next.putAll(step.amounts());
            tooMuch |= step.oversold();
        }
        amounts = next;
        if (tooMuch && !oversold) {
            LOG.atWarn()
                    .log("the floors of adaptive limits in use are more than can be served: they do not hold together");
        }
        oversold = tooMuch;
        return true;
    }

    /** What all nodes saw; where the others cannot be asked, each is taken to have seen as much as this one. */
    private Sight sight(double seconds) {
        Map<String, Sight.Rate> limits = new HashMap<>();
        asked.forEach((id, of) -> limits.put(id, of.take().inASecond(seconds)));
        Sight own = new Sight(limits, use.take());
        int nodes = surroundings.nodes.getAsInt();
        return own.with(nodes == 1 ? List.of() : others(own), nodes);
    }

    private List<Sight> others(Sight own) {
        try {
            return surroundings.notices.exchange(DEMAND, own.text()).stream()
                    .map(Sight::read)
                    .toList();
        } catch (StoreAway e) {
            LOG.atDebug().setCause(e).log("it is not known what other nodes are asked for");
            return List.of();
        }
    }

    private void publish(Snapshot current, long nowMicros) {
        Map<String, Limit> next = new HashMap<>();
        List<Limit> changed = new ArrayList<>();
        for (Limit limit : elastic) {
            Limit now = limit.saying(says(limit, nowMicros));
            Limit before = rates.now().get(limit.id());
            if (before != null && sameAmounts(before.spec(), now.spec())) {
                now = limit.saying(now.spec().since(since(before.spec())));
            } else {
                changed.add(now);
            }
            next.put(limit.id(), now);
        }
        rates = new Rates(next, !elastic.isEmpty() || ofEndUsers(current));
        store.put(rates, changed, nowMicros);
        nextChangeMicros = elastic.stream()
                .flatMap(limit -> limit.spec().elasticity().flatMap(Elasticity::schedule).stream()
                        .map(schedule -> new Calendar(schedule, limit.zone())))
                .distinct()
                .mapToLong(calendar -> calendar.schedule.nextChangeMicros(nowMicros, calendar.zone))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private LimitSpec says(Limit limit, long nowMicros) {
        Long amount = amounts.get(limit.id());
        LimitSpec spec = amount == null
                ? limit.spec().at(nowMicros, limit.zone())
                : limit.spec().at(nowMicros, limit.zone(), amount);
        boolean declared = sameAmounts(spec, limit.spec());
        long hour = limit.spec()
                .elasticity()
                .flatMap(Elasticity::schedule)
                .map(schedule -> schedule.lastChangeMicros(nowMicros, limit.zone()))
                .orElse(nowMicros);
        return declared ? spec : spec.since(amount == null ? hour : nowMicros);
    }

    private static boolean sameAmounts(LimitSpec one, LimitSpec other) {
        return one.amount() == other.amount() && one.burst() == other.burst();
    }

    private static long since(LimitSpec spec) {
        return spec.elasticity().orElseThrow().sinceMicros();
    }

    /** Whether what somebody may have by a tier that he claims changes with the hour. */
    private static boolean ofEndUsers(Snapshot snapshot) {
        return snapshot.audiences()
                .flatMap(audience -> Stream.concat(
                        audience.shared().stream().map(Limit::spec),
                        audience.tiers().values().stream().flatMap(plan -> plan.limits().stream())))
                .anyMatch(spec -> spec.elasticity().isPresent());
    }

    @Override
    public void close() {
        looks.ifPresent(future -> future.cancel(false));
        thread.shutdownNow();
    }
}
