package io.atlas.upstream.vllm;

import java.util.Locale;

/**
 * The course of one request, told as it runs: it may wait, it is served or not, and it ends once; what is told after
 * that counts for nothing. Times are those of a clock that never steps.
 */
public final class Course {
    private final Engine engine;
    private final long promptTokens;
    private final long arrivedNanos;
    private State state = State.ARRIVED;
    private long lastTokenNanos;
    private boolean spoke;

    private enum State {
        ARRIVED,
        WAITING,
        RUNNING,
        GONE
    }

    /** Why a request ended, as vLLM has it: a call of a tool is a stop. */
    public enum End {
        /** The answer came to its end. */
        STOP,
        /** It came to its cap. */
        LENGTH,
        /** The client left, or the answer was broken off. */
        ABORT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Course(Engine engine, long promptTokens, long arrivedNanos) {
        this.engine = engine;
        this.promptTokens = promptTokens;
        this.arrivedNanos = arrivedNanos;
    }

    /** It has to wait for a place; nothing where it has one already. */
    public void waits() {
        if (state == State.ARRIVED) {
            state = State.WAITING;
            engine.waits(1);
        }
    }

    /** It has a place. */
    public void runs(long nowNanos) {
        if (state == State.WAITING) {
            engine.waits(-1);
        }
        state = State.RUNNING;
        engine.runs(1);
        engine.queued(nowNanos - arrivedNanos);
    }

    /**
     * It has got further.
     *
     * @param steps after each of which every choice has one token more
     * @param tokens of all choices together
     */
    public void speaks(long steps, long tokens, long nowNanos) {
        if (state != State.RUNNING || steps == 0) {
            return;
        }
        long later = steps;
        if (!spoke) {
            spoke = true;
            engine.begins(promptTokens, nowNanos - arrivedNanos);
            lastTokenNanos = nowNanos;
            later--;
        }
        if (later > 0) {
            engine.steps(later, (nowNanos - lastTokenNanos) / later);
            lastTokenNanos = nowNanos;
        }
        engine.generated(tokens);
    }

    /** It is over; a second time changes nothing. Who was turned away at the door has not been here. */
    public void ends(End end, long nowNanos) {
        switch (state) {
            case WAITING -> engine.waits(-1);
            case RUNNING -> engine.runs(-1);
            case ARRIVED, GONE -> {
                return;
            }
        }
        state = State.GONE;
        engine.ends(end, nowNanos - arrivedNanos);
    }
}
