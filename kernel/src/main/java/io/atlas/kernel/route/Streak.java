package io.atlas.kernel.route;

/**
 * How often one and the same request has come again. Three tries in a row that nobody was served by are what every client
 * library makes; from then on the next must wait, each time twice as long. Who comes too soon all the same is told to wait
 * longer each time, but is let through as early as before: a library that never waits gets its answer too, once there is
 * one.
 *
 * <p>An answer that is given again costs little, and so is given often, but not without end.
 *
 * @param unserved tries in a row that were sent and not served, each begun after the one before had ended
 * @param failedMicros when the last of them ended
 * @param replays answers given again since {@code sinceMicros}
 * @param notBeforeMicros before it, the next try is too soon
 * @param knocks tries that came too soon, since the last that did not
 * @param lastMicros when it was last heard of
 */
public record Streak(
        int unserved,
        long failedMicros,
        int replays,
        long sinceMicros,
        long notBeforeMicros,
        int knocks,
        long lastMicros) {
    /** Tries that need not wait. */
    public static final int FREE_TRIES = 3;

    /** Answers that are given again within {@link #REPLAYS_MICROS}. */
    public static final int FREE_REPLAYS = 20;

    /** The span in which answers that are given again are counted. */
    public static final long REPLAYS_MICROS = 10_000_000;

    /** The longest that anybody has to wait. */
    public static final long LONGEST_MICROS = 30_000_000;

    private static final long SHORTEST_MICROS = 1_000_000;
    private static final long REMEMBERED_MICROS = 60_000_000;
    private static final int MOST_DOUBLINGS = 5;

    /** Of a request that was not heard of before. */
    public static Streak begin(long nowMicros) {
        return new Streak(0, Long.MIN_VALUE, 0, nowMicros, 0, 0, nowMicros);
    }

    /** It was sent, and not served. Many that were on their way together are no row of tries, and count as one. */
    public Streak failed(long begunMicros, long nowMicros) {
        if (begunMicros < failedMicros) {
            return this;
        }
        int tries = unserved + 1;
        long until = tries < FREE_TRIES ? 0 : nowMicros + growing(tries - FREE_TRIES);
        return new Streak(
                tries, nowMicros, replays, sinceMicros, Math.max(notBeforeMicros, until), 0, latest(nowMicros));
    }

    /** Its answer was given again. */
    public Streak replayed(long nowMicros) {
        boolean anew = nowMicros - sinceMicros >= REPLAYS_MICROS;
        long since = anew ? nowMicros : sinceMicros;
        int count = anew ? 1 : replays + 1;
        long until = count >= FREE_REPLAYS ? since + REPLAYS_MICROS : 0;
        return new Streak(unserved, failedMicros, count, since, Math.max(notBeforeMicros, until), 0, latest(nowMicros));
    }

    /** It came too soon. */
    public Streak knocked(long nowMicros) {
        return new Streak(unserved, failedMicros, replays, sinceMicros, notBeforeMicros, knocks + 1, latest(nowMicros));
    }

    /** It came in time, and there was no retry left for it: it need not ask again at once. */
    public Streak postponed(long nowMicros) {
        long until = Math.max(notBeforeMicros, nowMicros + SHORTEST_MICROS);
        return new Streak(unserved, failedMicros, replays, sinceMicros, until, knocks + 1, latest(nowMicros));
    }

    /** Whether it comes too soon. Nobody waits for a clock that has stepped back. */
    public boolean tooSoon(long nowMicros) {
        return nowMicros < notBeforeMicros && notBeforeMicros - nowMicros <= LONGEST_MICROS;
    }

    /** What somebody is told to wait who comes now. */
    public long waitMicros(long nowMicros) {
        return Math.min(LONGEST_MICROS, Math.max(notBeforeMicros - nowMicros, growing(knocks)));
    }

    /** Whether nothing follows from it any more. */
    public boolean over(long nowMicros) {
        return nowMicros >= notBeforeMicros && nowMicros - lastMicros >= REMEMBERED_MICROS;
    }

    private long latest(long nowMicros) {
        return Math.max(lastMicros, nowMicros);
    }

    private static long growing(int doublings) {
        return Math.min(LONGEST_MICROS, SHORTEST_MICROS << Math.min(doublings, MOST_DOUBLINGS));
    }
}
