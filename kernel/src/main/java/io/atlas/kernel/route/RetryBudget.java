package io.atlas.kernel.route;

/**
 * How many retries one backend is sent: a fifth of the requests that come for the first time, and a few more, so that a
 * backend with little to do is retried too. A backend that fails gets so little more work by it that it can recover. This
 * is the retry budget of Finagle and Linkerd, as chapter 21 of "Site Reliability Engineering" asks for it.
 *
 * <p>From any moment on, the retries are at most {@link #MOST_SAVED}, or what was saved until then, and a fifth of the
 * first requests, and one for every two seconds. Owned by whoever holds its lock.
 */
public final class RetryBudget {
    /** Retries that are there at the start; what comes with time fills up to them, and not beyond. */
    public static final int RESERVE = 5;

    /** What is saved of requests that needed no retry. */
    public static final int MOST_SAVED = 100;

    /** A retry comes by itself in so many microseconds. */
    public static final long TRICKLE_MICROS = 2_000_000;

    /** Counted in thousandths of a retry. */
    private static final long RETRY = 1_000;

    private static final long PER_FIRST = RETRY / 5;

    private long balance = RESERVE * RETRY;
    private long sinceMicros;

    /** A budget from that moment on. */
    public RetryBudget(long nowMicros) {
        sinceMicros = nowMicros;
    }

    /** A request is sent for the first time. */
    public synchronized void first(long nowMicros) {
        trickle(nowMicros);
        balance = Math.min(MOST_SAVED * RETRY, balance + PER_FIRST);
    }

    /** Takes a retry; false where there is none. */
    public synchronized boolean retry(long nowMicros) {
        trickle(nowMicros);
        if (balance < RETRY) {
            return false;
        }
        balance -= RETRY;
        return true;
    }

    /** A clock that steps back is read as standing still. */
    private void trickle(long nowMicros) {
        long drops = Math.max(0, nowMicros - sinceMicros) / (TRICKLE_MICROS / RETRY);
        if (balance >= RESERVE * RETRY) {
            sinceMicros = Math.max(sinceMicros, nowMicros);
            return;
        }
        balance = Math.min(RESERVE * RETRY, balance + drops);
        sinceMicros += drops * (TRICKLE_MICROS / RETRY);
    }
}
