package io.atlas.kernel.capacity;

/** What one request takes of a backend, from its begin to its end. Changed by {@link Endpoint} alone. */
public final class Stay {
    final long inputTokens;
    final long begunMicros;
    /** What was still to be read when it began, its own input with it. */
    final long toReadTokens;

    long outputTokens;
    /** Whether its input counts as not read yet. */
    boolean unread = true;

    /** Whether its answer comes as a whole. */
    boolean whole;

    boolean over;
    /** From when on its input is taken to be read, where nothing is heard of that. */
    long readMicros;

    Stay(long inputTokens, long outputTokens, long toReadTokens, long begunMicros) {
        this.inputTokens = inputTokens;
        this.outputTokens = outputTokens;
        this.toReadTokens = toReadTokens;
        this.begunMicros = begunMicros;
    }

    long kvTokens() {
        return inputTokens + outputTokens;
    }
}
