package io.atlas.kernel.route;

/**
 * Whether a deployment may be sent requests, by how the last ones ended. So many failures in a row open it: for a while
 * nothing is sent there, the longer the more often it was opened in a row. Then one request tries it, and whether that is
 * answered decides for all. This is the circuit breaker of Nygard's "Release It!", with the ejection times of Envoy's
 * outlier detection: 30 seconds, and as much more each time, up to five minutes.
 *
 * <p>What was sent before the present state began says nothing of it: a stream that ends late neither closes nor opens
 * anything. Time is in microseconds of a clock that never steps back.
 *
 * @param failures in a row, while closed
 * @param openings in a row, without an answer served between them
 * @param sinceMicros when the present state began; of a half-open one, when its trial was sent
 */
public record Breaker(State state, int failures, int openings, long sinceMicros) {
    /** Of a deployment of which nothing is known. */
    public static final Breaker NEW = new Breaker(State.CLOSED, 0, 0, Long.MIN_VALUE);

    /** For how long it is open the first time. */
    public static final long OPEN_MICROS = 30_000_000;

    /** For how long at most. */
    public static final long LONGEST_MICROS = 300_000_000;

    /** A trial of which nothing was heard for so long does not keep others from trying. */
    public static final long TRIAL_MICROS = 30_000_000;

    /** What may be sent. */
    public enum State {
        /** Everything. */
        CLOSED,
        /** Nothing, until its time is over. */
        OPEN,
        /** Nothing, while one request is on its way to try it. */
        HALF_OPEN
    }

    /** Whether a request may be sent now. */
    public boolean admits(long nowMicros) {
        return waitMicros(nowMicros) == 0;
    }

    /** How long it takes until it lets a request through, if nothing is heard until then; 0 where it does so now. */
    public long waitMicros(long nowMicros) {
        return switch (state) {
            case CLOSED -> 0;
            case OPEN -> Math.max(0, sinceMicros + openMicros() - nowMicros);
            case HALF_OPEN -> Math.max(0, sinceMicros + TRIAL_MICROS - nowMicros);
        };
    }

    /** A request that it admits is sent; where it is not closed, that is the trial. */
    public Breaker sent(long nowMicros) {
        return state == State.CLOSED ? this : new Breaker(State.HALF_OPEN, failures, openings, nowMicros);
    }

    /**
     * An answer to what was sent at that time has begun, or the deployment said that it is full. That is enough for a
     * trial; but until an answer was served whole one failure opens it again.
     */
    public Breaker answered(long sentMicros, long nowMicros, int mostFailures) {
        return state == State.HALF_OPEN && sentMicros >= sinceMicros
                ? new Breaker(State.CLOSED, mostFailures - 1, openings, nowMicros)
                : this;
    }

    /** An answer was served whole. */
    public Breaker served(long sentMicros, long nowMicros) {
        return switch (state) {
            case CLOSED ->
                sentMicros < sinceMicros || (failures == 0 && openings == 0)
                        ? this
                        : new Breaker(State.CLOSED, 0, 0, sinceMicros);
            case HALF_OPEN -> sentMicros >= sinceMicros ? new Breaker(State.CLOSED, 0, 0, nowMicros) : this;
            case OPEN -> this;
        };
    }

    /**
     * It failed.
     *
     * @param mostFailures the failures in a row that open it, at least 1
     */
    public Breaker failed(long sentMicros, long nowMicros, int mostFailures) {
        if (state == State.OPEN || sentMicros < sinceMicros) {
            return this;
        }
        return state == State.CLOSED && failures + 1 < mostFailures
                ? new Breaker(State.CLOSED, failures + 1, openings, sinceMicros)
                : new Breaker(State.OPEN, 0, openings + 1, nowMicros);
    }

    /** Nothing can be said of what was sent at that time: its caller left. A trial may be made by the next. */
    public Breaker undecided(long sentMicros) {
        return state == State.HALF_OPEN && sentMicros >= sinceMicros
                ? new Breaker(State.OPEN, failures, openings, sinceMicros - openMicros())
                : this;
    }

    /** Somebody who looked after it found it well: the next request tries it. */
    public Breaker foundWell(long nowMicros) {
        return state == State.OPEN && !admits(nowMicros)
                ? new Breaker(State.OPEN, failures, openings, nowMicros - openMicros())
                : this;
    }

    private long openMicros() {
        return Math.min(LONGEST_MICROS, OPEN_MICROS * Math.min(openings, LONGEST_MICROS / OPEN_MICROS));
    }
}
