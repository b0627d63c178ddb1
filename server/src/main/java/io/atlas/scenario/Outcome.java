package io.atlas.scenario;

/** What became of one request, as its client saw it. */
sealed interface Outcome {
    /**
     * The whole stream arrived.
     *
     * @param firstTokenNanos from the moment at which the request was due to its first token
     * @param totalNanos from that moment to the end
     */
    record Served(long firstTokenNanos, long totalNanos) implements Outcome {}

    /** The gateway refused it, for that reason. */
    record Refused(String reason) implements Outcome {}

    /** Neither: a broken connection, a stream without an end, an answer that makes no sense. */
    record Broken() implements Outcome {}
}
