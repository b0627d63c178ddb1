package io.atlas.replay.redis;

import io.atlas.replay.Standing;
import io.atlas.replay.Standing.Answer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One question to all nodes: who has the answer to that request? Where first tries of it came to two of them, nobody knows
 * whose retry it is, and none is taken.
 */
final class Search {
    /** What came of it. */
    sealed interface Outcome {
        /** That node has it. */
        record At(String node) implements Outcome {}

        /** No node has. */
        record Nowhere() implements Outcome {}

        /** Nobody knows whose retry it is. */
        record Contested() implements Outcome {}
    }

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private int firsts;
    private long expected = Long.MAX_VALUE;
    private long heard;
    private Answer best = Answer.NONE;
    private Optional<String> who = Optional.empty();

    /**
     * A question.
     *
     * @param ownFirsts first tries of it that came to the node that asks
     */
    Search(int ownFirsts) {
        firsts = ownFirsts;
    }

    /** What came of it, once that is clear. */
    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** So many will say something. */
    void expect(long nodes) {
        synchronized (this) {
            expected = nodes;
        }
        completeIfAll();
    }

    /** How it stands there. */
    void hear(String from, Standing standing) {
        synchronized (this) {
            heard++;
            firsts += standing.firsts();
            if (standing.answer().compareTo(best) > 0) {
                best = standing.answer();
                who = Optional.of(from);
            }
        }
        completeIfAll();
    }

    /** Who has not said anything by now knows nothing. */
    void end() {
        outcome.complete(found());
    }

    private void completeIfAll() {
        if (all()) {
            end();
        }
    }

    private synchronized boolean all() {
        return heard >= expected;
    }

    private synchronized Outcome found() {
        return firsts > 1
                ? new Outcome.Contested()
                : who.<Outcome>map(Outcome.At::new).orElseGet(Outcome.Nowhere::new);
    }
}
