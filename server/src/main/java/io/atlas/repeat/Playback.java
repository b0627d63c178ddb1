package io.atlas.repeat;

import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.StreamHead;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.atlas.replay.Recording.Head;
import io.atlas.replay.Recording.View;
import io.atlas.replay.RequestName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An answer, given to somebody else than whom it was first given to: what there is of it at once, and the rest as it comes.
 * One who reads slowly holds nobody else back. The end comes when that of the first one is in the ledger.
 */
final class Playback {
    private final Services services;
    private final Context context;
    private final Trail trail;

    Playback(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
    }

    /** An answer that was given. */
    Stop again(KeptAnswer kept) {
        announce(kept.decision(), kept.served(), kept.maxTokens(), Step.Again.REPLAYED);
        return Stop.replayed(farewell(kept, 0));
    }

    /** An answer that is given now; completes with its end. */
    Future<Stop> along(Recording recording) {
        return new Listening(recording).begin();
    }

    private static Farewell farewell(KeptAnswer kept, int from) {
        return switch (kept.form()) {
            case WHOLE -> new Farewell.Whole(kept.contentType(), kept.body());
            case STREAM ->
                new Farewell.EndOfStream(kept.body().getBuffer(from, kept.body().length()));
        };
    }

    private void announce(String decision, Served served, Optional<String> maxTokens, Step.Again how) {
        trail.sentTo(served);
        trail.step(new Step.Replayed(trail.afterMicros(services.time().nanos()), decision, how));
        HttpServerResponse response = trail.request().response();
        if (!response.headWritten()) {
            response.putHeader("idempotent-replayed", "true");
            response.putHeader("x-atlas-model", served.model());
            maxTokens.ifPresent(bound -> response.putHeader("x-atlas-max-tokens", bound));
        }
    }

    /** One who has joined. */
    private final class Listening {
        private final Recording recording;
        private final Promise<Stop> ended = Promise.promise();
        private final Runnable listener;
        private boolean announced;
        private int offset;

        Listening(Recording recording) {
            this.recording = recording;
            this.listener = () -> context.runOnContext(_ -> listen());
        }

        Future<Stop> begin() {
            trail.whenCutShort(by -> end(Stop.cutUnsent(by)));
            recording.join(listener);
            ended.future().onComplete(_ -> {
                recording.leave(listener);
                trail.notCutShort();
            });
            listen();
            return ended.future();
        }

        private void listen() {
            if (ended.future().isComplete()) {
                return;
            }
            View view = recording.from(offset);
            if (view.lost()) {
                end(outgrown());
            } else if (view.end().isPresent()) {
                end(last(view.end().get()));
            } else if (view.head().isPresent() && view.news().length() > 0) {
                pass(view);
            }
        }

        private void pass(View view) {
            HttpServerResponse response = trail.request().response();
            if (response.closed()) {
                return;
            }
            if (response.writeQueueFull()) {
                response.drainHandler(_ -> listen());
                return;
            }
            announceOnce(view.head().orElseThrow());
            StreamHead.set(response);
            offset += view.news().length();
            response.write(view.news());
        }

        private void announceOnce(Head head) {
            if (!announced) {
                announced = true;
                announce(head.decision(), head.served(), head.maxTokens(), Step.Again.JOINED);
            }
        }

        private Stop last(End end) {
            return switch (end) {
                case End.Answered answered -> {
                    KeptAnswer live = answered.live();
                    announceOnce(new Head(live.decision(), live.served(), live.maxTokens()));
                    yield Stop.replayed(farewell(live, offset));
                }
                case End.Outgrown _ -> outgrown();
                case End.Unserved unserved -> unserved(said(unserved.fault()), unserved.retryAfterMillis());
            };
        }

        /** The fault of the first one, with the reason of one whose answer has begun where this one's has. */
        private Fault said(Fault fault) {
            return offset > 0 ? Fault.of(Reason.STREAM_BROKEN, fault.message()) : fault;
        }

        private static Stop unserved(Fault fault, OptionalLong retryAfterMillis) {
            return switch (fault.reason().blame()) {
                case UPSTREAM, CAPACITY, US ->
                    retryAfterMillis.isPresent() ? Stop.busy(fault, retryAfterMillis.getAsLong()) : Stop.failed(fault);
                case CALLER, LIMIT ->
                    retryAfterMillis.isPresent()
                            ? Stop.tooSoon(fault, retryAfterMillis.getAsLong())
                            : Stop.refused(fault);
            };
        }

        private Stop outgrown() {
            if (offset > 0) {
                return Stop.failed(Fault.of(
                        Reason.STREAM_BROKEN, "the answer is larger than what is given to more than one request"));
            }
            return switch (recording.name()) {
                case RequestName.Keyed _ -> Stop.tooSoon(Repeat.GONE, Repeat.GONE_MILLIS);
                case RequestName.Printed _ -> Stop.busy(Remember.GIVEN_UP, Remember.SOON_MILLIS);
            };
        }

        private void end(Stop stop) {
            ended.tryComplete(stop);
        }
    }
}
