package io.atlas.upstream.sim;

import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.atlas.upstream.sim.Author.Hand;
import io.atlas.upstream.sim.Author.Play;
import io.atlas.upstream.sim.Author.Work;
import io.atlas.upstream.sim.TextRequest.Delivery;
import io.atlas.upstream.vllm.Course;
import io.atlas.upstream.vllm.EngineMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;

/**
 * One answer on its way to one client: it waits for a slot, speaks at the pace of the simulation, and leaves; at once if
 * the client does. Owned by the server's event loop.
 */
final class Visit implements Runnable {
    /** How soon to look again at a client who reads too slowly. */
    private static final long SLOW_READER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** No timer has this id, whereas 0 is somebody's. */
    private static final long NO_TIMER = -1;

    /** What all visits of one server share. */
    record Stage(Vertx vertx, TimeSource time, Simulation simulation, Slots slots, EngineMetrics metrics) {}

    /** When each token of an answer is due, counted from 0, by the clock of {@link TimeSource#nanos()}. */
    private record Pace(long firstTokenNanos, int tokensPerSecond) {
        private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

        /** The moment at which that token is due, rounded up. */
        long nanosOf(long token) {
            return firstTokenNanos + Math.ceilDiv(token * NANOS_PER_SECOND, tokensPerSecond);
        }

        /** How many tokens are due by then; none before the first. */
        long ticksDue(long nowNanos) {
            long sinceFirst = nowNanos - firstTokenNanos;
            return sinceFirst < 0 ? 0 : sinceFirst * tokensPerSecond / NANOS_PER_SECOND + 1;
        }
    }

    private final Stage stage;
    private final Work work;
    private final HttpServerResponse response;
    private final long createdSeconds;
    private final Course course;

    private long timer = NO_TIMER;

    Visit(Stage stage, Work work, HttpServerResponse response) {
        this.stage = stage;
        this.work = work;
        this.response = response;
        this.createdSeconds = TimeUnit.MICROSECONDS.toSeconds(stage.time().epochMicros());
        long now = stage.time().nanos();
        this.course = switch (work) {
            case Play play ->
                stage.metrics()
                        .arrive(play.script().model(), play.script().usage().inputTokens(), now);
            case Hand hand -> stage.metrics().arrive(hand.model(), hand.promptTokens(), now);
        };
    }

    /** Takes a slot or a place in the queue, or is turned away. */
    void begin() {
        response.closeHandler(_ -> leave());
        response.exceptionHandler(_ -> leave());
        if (!stage.slots().enter(this)) {
            Fault.BUSY.send(response);
            return;
        }
        course.waits();
    }

    /** Begins to work on the answer: the slot is there. */
    @Override
    public void run() {
        long now = stage.time().nanos();
        course.runs(now);
        long first = now + stage.simulation().ttft().toNanos();
        Pace pace = new Pace(first, stage.simulation().tokensPerSecond());
        switch (work) {
            case Hand hand -> at(first, () -> hand(hand));
            case Play play -> play(play, pace);
        }
    }

    /** An embedding is made in the time that a first token takes, and generates nothing. */
    private void hand(Hand hand) {
        answer(hand.answer());
        done(Course.End.STOP);
    }

    private void play(Play play, Pace pace) {
        switch (play.delivery()) {
            case Delivery.Plain _ -> at(pace.nanosOf(play.script().ticks() - 1), () -> answer(play.script(), pace));
            case Delivery.Stream stream -> at(pace.nanosOf(0), () -> open(play, stream, pace));
        }
    }

    private void answer(Script script, Pace pace) {
        course.speaks(1, script.tokens(0, 1), pace.nanosOf(0));
        course.speaks(
                script.ticks() - 1,
                script.tokens(1, script.ticks()),
                stage.time().nanos());
        answer(PlainAnswer.of(script, createdSeconds));
        done(end(script));
    }

    private void answer(String whole) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        response.end(whole);
    }

    private void open(Play play, Delivery.Stream stream, Pace pace) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        response.setChunked(true);
        speak(play, new Chunks(play.script(), stream.usage(), createdSeconds), pace, 0);
    }

    /** Says what is due since {@code spoken} tokens were; several at once where the timer came late. */
    private void speak(Play play, Chunks chunks, Pace pace, long spoken) {
        if (response.writeQueueFull()) {
            at(stage.time().nanos() + SLOW_READER_NANOS, () -> speak(play, chunks, pace, spoken));
            return;
        }
        long due = Math.clamp(pace.ticksDue(stage.time().nanos()), spoken, lastTick(play));
        course.speaks(
                due - spoken, play.script().tokens(spoken, due), stage.time().nanos());
        String text = chunks.between(spoken, due);
        if (!text.isEmpty()) {
            response.write(text);
        }
        if (due < lastTick(play)) {
            at(pace.nanosOf(due), () -> speak(play, chunks, pace, due));
            return;
        }
        end(play, chunks);
    }

    private void end(Play play, Chunks chunks) {
        switch (play.fate()) {
            case STALLED -> {}
            case CUT -> {
                response.reset();
                leave();
            }
            case SERVED, FAILED, THROTTLED -> {
                response.end(chunks.closing());
                done(end(play.script()));
            }
        }
    }

    private void done(Course.End end) {
        course.ends(end, stage.time().nanos());
        leave();
    }

    private static Course.End end(Script script) {
        return switch (script.choices().getFirst().finish()) {
            case STOP, TOOL_CALLS -> Course.End.STOP;
            case LENGTH -> Course.End.LENGTH;
        };
    }

    private static long lastTick(Play play) {
        long ticks = play.script().ticks();
        return switch (play.fate()) {
            case STALLED, CUT -> Math.ceilDiv(ticks, 2);
            case SERVED, FAILED, THROTTLED -> ticks;
        };
    }

    private void at(long nanos, Runnable step) {
        long delay = Math.ceilDiv(nanos - stage.time().nanos(), TimeUnit.MILLISECONDS.toNanos(1));
        timer = stage.vertx().setTimer(Math.max(1, delay), _ -> step.run());
    }

    private void leave() {
        course.ends(Course.End.ABORT, stage.time().nanos());
        stage.vertx().cancelTimer(timer);
        stage.slots().leave(this);
    }
}
