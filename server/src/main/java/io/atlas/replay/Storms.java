package io.atlas.replay;

import io.atlas.kernel.route.Streak;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The requests that came again and again, each a {@link Streak}: at most 10,000, of which the one that was not heard of
 * longest goes first. A request that was served at once is not among them, so that there are none while all is well.
 */
public final class Storms {
    private static final int MOST = 10_000;
    private static final long MICROS_PER_MILLI = 1_000;

    private final Map<RequestName, Streak> streaks = new LinkedHashMap<>(16, 0.75f, true);
    private volatile boolean calm = true;

    /** What a request is, as far as it is known here. */
    public sealed interface Arrival {
        /** Not known. */
        record First() implements Arrival {}

        /** It was sent before, and not served. */
        record Again() implements Arrival {}

        /** It comes too soon. */
        record TooSoon(long waitMillis) implements Arrival {}
    }

    /** Whether none is known, so that nobody need ask. */
    public boolean calm() {
        return calm;
    }

    /**
     * A request is here that is to be sent.
     *
     * @param sureAfter how many tries that were not served make it a retry: 1 where it says so itself
     */
    public synchronized Arrival arrive(RequestName name, int sureAfter, long nowMicros) {
        OptionalLong wait = knock(name, nowMicros);
        if (wait.isPresent()) {
            return new Arrival.TooSoon(wait.getAsLong());
        }
        Streak streak = streaks.get(name);
        return streak != null && streak.unserved() >= sureAfter ? new Arrival.Again() : new Arrival.First();
    }

    /** It came in time, and may not be sent all the same; says for how many milliseconds. */
    public synchronized long postpone(RequestName name, long nowMicros) {
        Streak streak = streaks.getOrDefault(name, Streak.begin(nowMicros));
        put(name, streak.postponed(nowMicros), nowMicros);
        return millis(streak.postponed(nowMicros), nowMicros);
    }

    /** Its answer is to be given again; says for how many milliseconds it is not. */
    public synchronized OptionalLong replay(RequestName name, long nowMicros) {
        OptionalLong wait = knock(name, nowMicros);
        if (wait.isEmpty()) {
            put(name, streaks.getOrDefault(name, Streak.begin(nowMicros)).replayed(nowMicros), nowMicros);
        }
        return wait;
    }

    /** It was sent, and nobody was served by it. */
    public synchronized void unserved(RequestName name, long begunMicros, long nowMicros) {
        put(name, streaks.getOrDefault(name, Streak.begin(nowMicros)).failed(begunMicros, nowMicros), nowMicros);
    }

    /** It was served; says whether it was known. */
    public synchronized boolean served(RequestName name) {
        boolean known = streaks.remove(name) != null;
        calm = streaks.isEmpty();
        return known;
    }

    private OptionalLong knock(RequestName name, long nowMicros) {
        Streak streak = streaks.get(name);
        if (streak == null) {
            return OptionalLong.empty();
        }
        if (streak.over(nowMicros)) {
            served(name);
            return OptionalLong.empty();
        }
        if (!streak.tooSoon(nowMicros)) {
            return OptionalLong.empty();
        }
        put(name, streak.knocked(nowMicros), nowMicros);
        return OptionalLong.of(millis(streak, nowMicros));
    }

    private static long millis(Streak streak, long nowMicros) {
        return Math.ceilDiv(streak.waitMicros(nowMicros), MICROS_PER_MILLI);
    }

    private void put(RequestName name, Streak streak, long nowMicros) {
        streaks.put(name, streak);
        var eldest = streaks.entrySet().iterator();
        while (eldest.hasNext()) {
            boolean over = eldest.next().getValue().over(nowMicros);
            if (!over && streaks.size() <= MOST) {
                break;
            }
            eldest.remove();
        }
        calm = false;
    }
}
