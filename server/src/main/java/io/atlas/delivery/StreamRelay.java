package io.atlas.delivery;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.neutral.Delta;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.ChunkReader;
import io.atlas.dialect.wire.SseReader;
import io.atlas.dialect.wire.SseReader.Event;
import io.atlas.exchange.Cut;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.unit.Usage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stream: every event is read, metered and passed on as it comes. What one read delivered leaves in one write, at the
 * end of the same turn of the event loop, and a caller who reads slowly slows the backend down. The last event is kept
 * back until the request is in the ledger.
 */
final class StreamRelay {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final long TRAILING_MILLIS = 2_000;

    private final Services services;
    private final Context context;
    private final Trail trail;
    private final Answering answering;
    private final Ask ask;
    private final SseReader events = new SseReader();
    private final ChunkReader chunks;
    private final StreamMeter meter;
    private final Vitals vitals;
    private final CallerStream caller;
    private final Promise<Stop> ended = Promise.promise();
    private OptionalLong trailing = OptionalLong.empty();
    private boolean sourceEnded;

    StreamRelay(Services services, Context context, Trail trail, Answering answering) {
        this.services = services;
        this.context = context;
        this.trail = trail;
        this.answering = answering;
        this.ask = answering.chosen().held().asking().request().ask();
        this.chunks = new ChunkReader(ask, answering.chosen().counting());
        this.vitals = new Vitals(services, trail);
        this.meter = new StreamMeter(trail, answering.chosen());
        this.caller = new CallerStream(context, trail, answering.call());
    }

    Future<Stop> relay() {
        HttpClientResponse head = answering.head();
        if (!isStream(head)) {
            answering.call().cancel();
            return Future.succeededFuture(
                    Stop.failed(Fault.of(Reason.BACKEND_ERROR, "the model's backend did not answer with a stream")));
        }
        trail.whenCutShort(by -> end(Stop.cut(by, brokenEnding(), meter.reported(), meter.relayed())));
        Watch watch = new Watch(context, services, this::overdue, caller);
        ended.future().onComplete(_ -> {
            trail.notCutShort();
            watch.stop();
            caller.over();
        });
        ended.future().onSuccess(this::learn);
        head.exceptionHandler(_ -> end(broken("the model's backend broke the stream off")));
        head.endHandler(_ -> endOfStream());
        head.handler(chunk -> {
            watch.alive();
            read(chunk);
        });
        head.resume();
        return ended.future();
    }

    /** The pace of a stream is its backend's only where its caller kept up. */
    private void learn(Stop stop) {
        if (stop.outcome() == Outcome.SERVED && !caller.slow()) {
            vitals.pace(
                    answering.chosen(),
                    stop.reported()
                            .map(Usage::outputTokens)
                            .orElseGet(() -> stop.relayed().likelyTokens()));
        }
    }

    private static boolean isStream(HttpClientResponse head) {
        String type = head.getHeader(HttpHeaders.CONTENT_TYPE);
        String encoding = head.getHeader(HttpHeaders.CONTENT_ENCODING);
        boolean plain = encoding == null || encoding.equalsIgnoreCase("identity");
        return plain && type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    private void read(Buffer chunk) {
        orBroken(() -> {
            if (!ended.future().isComplete()) {
                events.feed(chunk.getBytes());
                acceptAll();
            }
        });
    }

    private void acceptAll() {
        for (Optional<Event> event = events.next(); event.isPresent(); event = events.next()) {
            accept(event.get());
            if (ended.future().isComplete()) {
                return;
            }
        }
        meter.checkpoint();
    }

    /** A defect of our own must not leave the stream standing until somebody's patience ends. */
    private void orBroken(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            end(broken("this gateway failed; the operator finds why under the request's id"));
            throw defect;
        }
    }

    private void accept(Event event) {
        switch (event) {
            case Event.Comment _ -> caller.write(Buffer.buffer(COMMENT));
            case Event.TooLarge _ -> end(wrong("the model's backend sent an event that is too large"));
            case Event.Data data -> {
                if (data.bytes().length == 0) {
                    caller.write(Buffer.buffer(COMMENT));
                } else {
                    accept(chunks.read(data.bytes()));
                }
            }
        }
    }

    private void accept(Delta delta) {
        switch (delta) {
            case Delta.Piece piece -> {
                meter.count(piece);
                relay(piece.relayed());
            }
            case Delta.Total total -> {
                meter.count(total);
                if (ask.usage() != UsageWish.HIDDEN) {
                    relay(total.relayed());
                }
            }
            case Delta.Done _ -> done();
            case Delta.Broken broken -> end(wrong("the model's backend gave up: " + broken.message()));
            case Delta.Nonsense _ -> end(wrong("the model's backend sent something that makes no sense"));
        }
    }

    private void relay(byte[] data) {
        if (trail.times().firstToken == 0) {
            long now = services.time().nanos();
            trail.times().firstToken = now - trail.arrival().startNanos();
            trail.place().ifPresent(place -> place.firstToken(now / 1_000));
            vitals.firstToken(answering.chosen());
        }
        for (int i = 0; i < data.length; i++) {
            if (data[i] == '\n') {
                data[i] = ' ';
            }
        }
        caller.write(Buffer.buffer(data.length + 8)
                .appendBytes(DATA)
                .appendBytes(data)
                .appendBytes(END));
    }

    private void endOfStream() {
        sourceEnded = true;
        trailing.ifPresent(context.owner()::cancelTimer);
        orBroken(() -> {
            if (!ended.future().isComplete()) {
                events.last().ifPresent(this::accept);
                ended.tryComplete(
                        meter.finished() >= ask.output().choices()
                                ? served()
                                : broken("the model's backend ended the stream before the answer was whole"));
            }
        });
    }

    /** The answer is whole. What the backend still sends is nobody's; one that does not end is cut off. */
    private void done() {
        if (!meter.begun()) {
            end(wrong("the model's backend ended the stream before it began"));
            return;
        }
        if (!sourceEnded) {
            trailing = OptionalLong.of(context.owner()
                    .setTimer(TRAILING_MILLIS, _ -> answering.call().cancel()));
        }
        ended.tryComplete(served());
    }

    private Stop served() {
        return new Stop(
                Ending.SERVED,
                Outcome.SERVED,
                Optional.empty(),
                meter.reported(),
                meter.relayed(),
                new Farewell.EndOfStream(Buffer.buffer(DONE)));
    }

    private void overdue(Watch.Overdue what) {
        end(
                switch (what) {
                    case CALLER -> Stop.cut(Cut.CALLER_LEFT, brokenEnding(), meter.reported(), meter.relayed());
                    case BACKEND -> broken("the model's backend fell silent");
                });
    }

    /** Ends a stream that is not whole: the backend is told to stop before anything else. */
    private void end(Stop stop) {
        if (ended.tryComplete(stop)) {
            answering.call().cancel();
        }
    }

    /** The backend sent an error, or what is no answer: where nothing came before it, an error is all it answered with. */
    private Stop wrong(String message) {
        return meter.begun() ? broken(message) : Stop.failed(Fault.of(Reason.BACKEND_ERROR, message));
    }

    private Stop broken(String message) {
        Reason reason = meter.begun() ? Reason.STREAM_BROKEN : Reason.BACKEND_ERROR;
        Fault fault = Fault.of(reason, message);
        return new Stop(
                brokenEnding(),
                Outcome.FAILED,
                Optional.of(reason),
                meter.reported(),
                meter.relayed(),
                new Farewell.Failure(fault, Optional.empty()));
    }

    private Ending brokenEnding() {
        return meter.begun() ? Ending.BROKEN_AFTER_FIRST_BYTE : Ending.BROKEN_BEFORE_FIRST_BYTE;
    }
}
