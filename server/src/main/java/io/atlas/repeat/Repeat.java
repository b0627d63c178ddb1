package io.atlas.repeat;

import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.route.Streak;
import io.atlas.replay.AnswerStore;
import io.atlas.replay.AnswerStore.Claim;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.atlas.replay.Recordings;
import io.atlas.replay.RequestName;
import io.atlas.replay.Storms.Arrival;
import io.atlas.secret.Digest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a request has come before. One that its caller has named joins the first of that name or gets its answer again,
 * and is never served twice; one that a library marks as sent again does so where it can. Whatever else comes again and
 * again without being served has to wait.
 */
public final class Repeat implements Stage<Asking, Asking> {
    /** The first of the same name was served, and its answer is not kept: until the name is forgotten it is taken. */
    static final Fault GONE = named(
            Reason.IDEMPOTENCY_IN_FLIGHT,
            "a request with this Idempotency-Key was served, and its answer is too large or too old to be given again;"
                    + " use another key to ask anew");

    private static final Fault MISMATCH = named(
            Reason.IDEMPOTENCY_MISMATCH,
            "this Idempotency-Key was used for another body; use a new key for each request");
    private static final Fault ELSEWHERE = named(
            Reason.IDEMPOTENCY_IN_FLIGHT, "a request with this Idempotency-Key is still on its way; try again shortly");
    private static final long ELSEWHERE_MILLIS = 1_000;

    /** As long as a name is known after it was last asked for. */
    static final long GONE_MILLIS = AnswerStore.KEPT_MICROS / 1_000;

    /** What is digested in less than a tenth of a millisecond. */
    private static final int QUICKLY_DIGESTED_BYTES = 64 << 10;

    private final Services services;
    private final Context context;
    private final Trail trail;

    public Repeat(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Asking>> pass(Asking asking) {
        return switch (Marks.of(trail.request().headers())) {
            case Marks.Wrong wrong -> Passage.stopped(Stop.refused(wrong.fault()));
            case Marks.None _ ->
                services.replays().storms().calm()
                        ? Passage.onward(asking)
                        : paced(asking, printed(asking), Streak.FREE_TRIES);
            case Marks.Counted counted -> counted(asking, counted.which(), printed(asking));
            case Marks.Named named -> {
                RequestName.Keyed name = Names.keyed(asking, named.key());
                trail.isCalled(name);
                yield digest(asking).compose(hex -> named(asking, name, hex));
            }
        };
    }

    private RequestName.Printed printed(Asking asking) {
        RequestName.Printed name = Names.printed(asking, services.replays().prints());
        trail.isCalled(name);
        return name;
    }

    private Future<Passage<Asking>> counted(Asking asking, Marks.Try which, RequestName.Printed name) {
        return switch (which) {
            case FIRST -> {
                services.replays().recordings().askedAnew(name, now());
                yield recorded(asking, name);
            }
            case LATER -> {
                Optional<Recording> open =
                        services.replays().recordings().open(name).filter(recording -> !recording.contested());
                if (open.isPresent()) {
                    yield joined(open.get());
                }
                Optional<KeptAnswer> recent = services.replays().recordings().recent(name, now());
                yield recent.isPresent()
                        ? again(recent.get(), name)
                        : paced(asking, name, 1).compose(Passage.then(retry -> sought(retry, name)));
            }
        };
    }

    /** What this node does not know, another one may; or another event loop, which has begun the same a moment ago. */
    private Future<Passage<Asking>> sought(Asking asking, RequestName.Printed name) {
        Recordings recordings = services.replays().recordings();
        Optional<Recording> begun = recordings.begin(name, "");
        if (begun.isPresent()) {
            return new Search(services, context, trail, begun.get()).pass(asking);
        }
        return recordings.open(name).filter(Recording::contested).isPresent()
                ? Passage.onward(asking)
                : counted(asking, Marks.Try.LATER, name);
    }

    /** Goes on, and is there to be joined; unless the same request is there by chance already. */
    private Future<Passage<Asking>> recorded(Asking asking, RequestName.Printed name) {
        return paced(asking, name, Streak.FREE_TRIES).onSuccess(passage -> {
            if (passage instanceof Passage.Onward<Asking>) {
                services.replays().recordings().begin(name, "").ifPresent(this::lead);
            }
        });
    }

    private Future<Passage<Asking>> named(Asking asking, RequestName.Keyed name, String bodyHex) {
        Optional<Recording> open = services.replays().recordings().open(name);
        if (open.isPresent()) {
            return open.get().bodyHex().equals(bodyHex) ? joined(open.get()) : Passage.stopped(Stop.refused(MISMATCH));
        }
        return paced(asking, name, 1).compose(Passage.then(first -> first(first, name, bodyHex)));
    }

    /** Another event loop may have begun the same a moment ago, which is then to be joined. */
    private Future<Passage<Asking>> first(Asking asking, RequestName.Keyed name, String bodyHex) {
        Optional<Recording> recording = services.replays().recordings().begin(name, bodyHex);
        return recording.isPresent() ? claimed(asking, name, recording.get()) : named(asking, name, bodyHex);
    }

    private Future<Passage<Asking>> claimed(Asking asking, RequestName.Keyed name, Recording recording) {
        return Future.fromCompletionStage(services.replays().answers().claim(name, recording.bodyHex(), now()), context)
                .compose(claim -> switch (claim) {
                    case Claim.Granted _ -> {
                        lead(recording);
                        yield Passage.onward(asking);
                    }
                    case Claim.Answered answered -> {
                        end(recording, new End.Answered(answered.answer()));
                        yield again(answered.answer(), name);
                    }
                    case Claim.Gone _ -> {
                        end(recording, new End.Unserved(GONE, OptionalLong.of(GONE_MILLIS)));
                        yield Passage.stopped(Stop.tooSoon(GONE, GONE_MILLIS));
                    }
                    case Claim.Mismatch _ -> refused(recording, MISMATCH);
                    case Claim.Elsewhere _ -> {
                        end(recording, new End.Unserved(ELSEWHERE, OptionalLong.of(ELSEWHERE_MILLIS)));
                        yield Passage.stopped(Stop.tooSoon(ELSEWHERE, ELSEWHERE_MILLIS));
                    }
                })
                .onFailure(_ -> end(recording, new End.Unserved(ELSEWHERE, OptionalLong.of(ELSEWHERE_MILLIS))));
    }

    private Future<Passage<Asking>> refused(Recording recording, Fault fault) {
        end(recording, new End.Unserved(fault, OptionalLong.empty()));
        return Passage.stopped(Stop.refused(fault));
    }

    private void lead(Recording recording) {
        new Lead(services, context, trail, recording).begin();
    }

    private void end(Recording recording, End how) {
        services.replays().recordings().end(recording, how);
    }

    private Future<Passage<Asking>> joined(Recording recording) {
        return new Playback(services, context, trail).along(recording).map(Passage.Stopped::new);
    }

    private Future<Passage<Asking>> again(KeptAnswer answer, RequestName name) {
        OptionalLong wait = services.replays().storms().replay(name, now());
        return wait.isPresent()
                ? new TooSoon(services, trail).after(context, wait.getAsLong())
                : Passage.stopped(new Playback(services, context, trail).again(answer));
    }

    private Future<Passage<Asking>> paced(Asking asking, RequestName name, int sureAfter) {
        return switch (services.replays().storms().arrive(name, sureAfter, now())) {
            case Arrival.First _ -> Passage.onward(asking);
            case Arrival.Again _ -> {
                trail.isSentAgain();
                yield Passage.onward(asking);
            }
            case Arrival.TooSoon soon -> new TooSoon(services, trail).after(context, soon.waitMillis());
        };
    }

    private Future<String> digest(Asking asking) {
        ByteBuffer body = asking.request().bytes();
        return body.remaining() <= QUICKLY_DIGESTED_BYTES
                ? Future.succeededFuture(Digest.of(body).hex())
                : context.executeBlocking(() -> Digest.of(body).hex(), false).map(Objects::requireNonNull);
    }

    private long now() {
        return services.time().epochMicros();
    }

    private static Fault named(Reason reason, String message) {
        return new Fault(
                reason, reason.status(), reason.type(), reason.code(), message, Optional.of("Idempotency-Key"));
    }
}
