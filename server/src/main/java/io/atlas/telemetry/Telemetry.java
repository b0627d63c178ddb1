package io.atlas.telemetry;

/**
 * What happened, told from any thread. Nothing that happens inside depends on what is told here. Labels come from the
 * configuration only: a name that is not in it counts as {@code other}.
 */
public interface Telemetry extends Finished {
    /** A request entered (+1) or left (-1) a backend. */
    void inflight(String backend, int change);

    /** A request entered (+1) or left (-1) the queue, at its tier's priority. */
    void queued(int priority, int change);

    /** A backend answered, or did not; {@code kind} is one of few words: {@code connect}, {@code timeout}, {@code status_5xx}. */
    void backendError(String backend, String kind);

    /** A settlement charged more than was reserved for it. */
    void overshot();

    /** Whether a backend could last be reached. */
    void backendUp(String backend, Reach reach);

    /** Whether a backend could be reached. */
    enum Reach {
        UP,
        DOWN
    }
}
