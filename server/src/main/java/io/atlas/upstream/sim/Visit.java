package io.atlas.upstream.sim;

import io.atlas.config.Simulation;
import io.atlas.time.TimeSource;
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

    private final Stage stage;
    private final Plan.Play play;
    private final HttpServerResponse response;
    private final long createdSeconds;
    private final Course course;

    private long timer = NO_TIMER;

    Visit(Stage stage, Plan.Play play, HttpServerResponse response) {
        this.stage = stage;
        this.play = play;
        this.response = response;
        this.createdSeconds = TimeUnit.MICROSECONDS.toSeconds(stage.time().epochMicros());
        this.course = stage.metrics()
                .arrive(
                        play.script().model(),
                        play.script().promptTokens(),
                        stage.time().nanos());
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
        switch (play.delivery()) {
            case Delivery.Plain _ -> at(pace.nanosOf(play.script().ticks() - 1), () -> answer(pace));
            case Delivery.Stream stream -> at(first, () -> open(stream, pace));
        }
    }

    private void answer(Pace pace) {
        course.speaks(1, play.script().tokens(0, 1), pace.nanosOf(0));
        long ticks = play.script().ticks();
        course.speaks(ticks - 1, play.script().tokens(1, ticks), stage.time().nanos());
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        response.end(PlainAnswer.of(play.script(), createdSeconds));
        done();
    }

    private void open(Delivery.Stream stream, Pace pace) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        response.setChunked(true);
        speak(new Chunks(play.script(), stream.usage(), createdSeconds), pace, 0);
    }

    /** Says what is due since {@code spoken} tokens were; several at once where the timer came late. */
    private void speak(Chunks chunks, Pace pace, long spoken) {
        if (response.writeQueueFull()) {
            at(stage.time().nanos() + SLOW_READER_NANOS, () -> speak(chunks, pace, spoken));
            return;
        }
        long due = Math.clamp(pace.ticksDue(stage.time().nanos()), spoken, lastTick());
        course.speaks(
                due - spoken, play.script().tokens(spoken, due), stage.time().nanos());
        String text = chunks.between(spoken, due);
        if (!text.isEmpty()) {
            response.write(text);
        }
        if (due < lastTick()) {
            at(pace.nanosOf(due), () -> speak(chunks, pace, due));
            return;
        }
        end(chunks);
    }

    private void end(Chunks chunks) {
        switch (play.fate()) {
            case STALLED -> {}
            case CUT -> {
                response.reset();
                leave();
            }
            case SERVED, FAILED, THROTTLED -> {
                response.end(chunks.closing());
                done();
            }
        }
    }

    private void done() {
        course.ends(
                switch (play.script().choices().getFirst().finish()) {
                    case STOP, TOOL_CALLS -> Course.End.STOP;
                    case LENGTH -> Course.End.LENGTH;
                },
                stage.time().nanos());
        leave();
    }

    private long lastTick() {
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
