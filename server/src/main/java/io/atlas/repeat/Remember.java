package io.atlas.repeat;

import io.atlas.answer.Advice;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Ending;
import io.atlas.replay.AnswerStore;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.atlas.replay.Recording.Head;
import io.atlas.replay.Replays;
import io.atlas.replay.RequestName;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What becomes of a request, told to those that come with the same one. Only what was served is remembered, and only once
 * it is in the ledger; a failure goes to those who have joined, and frees the name.
 */
public final class Remember {
    private static final String MAX_TOKENS = "x-atlas-max-tokens";
    /** What others are told who have joined it. */
    static final Fault GIVEN_UP = Fault.of(Reason.OVERLOADED, "the request was given up; try again shortly");

    static final long SOON_MILLIS = 1_000;

    private final Services services;
    private final Trail trail;

    public Remember(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** Its answer begins. */
    public void begun() {
        trail.recording().ifPresent(recording -> recording.begin(head()));
    }

    /** It is over, and in the ledger. */
    public void ended(Stop stop) {
        trail.recording().ifPresent(recording -> end(recording, stop));
        Storm storm = storm(stop);
        if (storm == Storm.GROWS) {
            name().ifPresent(name -> {
                replays().storms().unserved(name, trail.atMicros(), now());
                replays().neighbours().unserved(name, trail.atMicros());
            });
        } else if (storm == Storm.ENDS && !replays().storms().calm()) {
            trail.name().filter(replays().storms()::served).ifPresent(replays().neighbours()::served);
        }
    }

    /** It is over, and nobody knows how, unless that was told before. */
    public void lost() {
        trail.recording()
                .filter(recording -> !recording.ended())
                .ifPresent(recording -> unserved(recording, GIVEN_UP, OptionalLong.empty()));
    }

    private void end(Recording recording, Stop stop) {
        switch (stop.farewell()) {
            case Farewell.Whole whole ->
                answered(recording, kept(KeptAnswer.Form.WHOLE, whole.contentType(), whole.body()));
            case Farewell.EndOfStream end ->
                recording
                        .whole(end.bytes())
                        .ifPresentOrElse(
                                body -> answered(recording, kept(KeptAnswer.Form.STREAM, "text/event-stream", body)),
                                () -> outgrown(recording));
            case Farewell.Failure failure ->
                unserved(
                        recording,
                        failure.fault(),
                        Advice.retryAfterMillis(failure.fault().reason(), failure.refused()));
            case Farewell.ComeBack later ->
                unserved(recording, later.fault(), OptionalLong.of(later.retryAfterMillis()));
            case Farewell.Outside outside -> unserved(recording, outside.fault(), OptionalLong.empty());
            case Farewell.Nothing _ -> unserved(recording, GIVEN_UP, OptionalLong.of(SOON_MILLIS));
        }
    }

    /** It is kept before it ends to be joined, so that nobody finds neither. */
    private void answered(Recording recording, KeptAnswer answer) {
        boolean fits = answer.bytes() <= AnswerStore.MAX_ANSWER_BYTES;
        switch (recording.name()) {
            case RequestName.Keyed name when fits -> replays().answers().keep(name, recording.bodyHex(), answer, now());
            case RequestName.Keyed name -> replays().answers().keepNothing(name, recording.bodyHex(), now());
            case RequestName.Printed name
            when fits && !recording.contested() -> replays().recordings().keep(name, answer, now());
            case RequestName.Printed _ -> {}
        }
        replays().recordings().end(recording, new End.Answered(answer));
    }

    private void outgrown(Recording recording) {
        if (recording.name() instanceof RequestName.Keyed name) {
            replays().answers().keepNothing(name, recording.bodyHex(), now());
        }
        replays().recordings().end(recording, new End.Outgrown());
    }

    private void unserved(Recording recording, Fault fault, OptionalLong retryAfterMillis) {
        if (recording.name() instanceof RequestName.Keyed name) {
            replays().answers().free(name);
        }
        replays().recordings().end(recording, new End.Unserved(fault, retryAfterMillis));
    }

    private Head head() {
        return new Head(trail.id(), trail.served().orElseThrow(), maxTokens());
    }

    private KeptAnswer kept(KeptAnswer.Form form, String contentType, Buffer body) {
        return new KeptAnswer(trail.id(), trail.served().orElseThrow(), maxTokens(), form, contentType, body);
    }

    private Optional<String> maxTokens() {
        return Optional.ofNullable(trail.request().response().headers().get(MAX_TOKENS));
    }

    private enum Storm {
        GROWS,
        STAYS,
        ENDS
    }

    /** A backend that failed, or whose answer nobody waited for, is not to be asked the same again at once. */
    private static Storm storm(Stop stop) {
        boolean sent = stop.ending() != Ending.NEVER_SENT;
        return switch (stop.outcome()) {
            case SERVED -> sent ? Storm.ENDS : Storm.STAYS;
            case REFUSED -> Storm.STAYS;
            case FAILED -> sent && backendsFault(stop) ? Storm.GROWS : Storm.STAYS;
            case ABORTED -> stop.ending() == Ending.BROKEN_BEFORE_FIRST_BYTE ? Storm.GROWS : Storm.STAYS;
        };
    }

    private static boolean backendsFault(Stop stop) {
        return stop.reason()
                .map(reason -> switch (reason.blame()) {
                    case UPSTREAM, CAPACITY -> true;
                    case CALLER, LIMIT, US -> false;
                })
                .orElse(false);
    }

    private Optional<RequestName> name() {
        return trail.name()
                .or(() -> trail.asking()
                        .map(asking -> Names.printed(asking, replays().prints())));
    }

    private Replays replays() {
        return services.replays();
    }

    private long now() {
        return services.time().epochMicros();
    }
}
