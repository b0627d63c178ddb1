package io.atlas.replay.redis;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.reason.Reason;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Neighbours.Finding;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.atlas.replay.Recordings;
import io.atlas.replay.RequestName;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A recording of this node that is written as another node tells. */
final class Mirror {
    /** Who gives an answer says so every second. */
    private static final long SILENT_NANOS = 3_000_000_000L;

    /** As long as it may take until who has asked listens. */
    private static final long ALONE_NANOS = 1_000_000_000L;

    private static final long SOON_MILLIS = 1_000;
    private static final Fault LOST = Fault.of(
            Reason.OVERLOADED, "the node that gave this answer to a try before cannot be heard any more; try again");

    /** What is to be done with it. */
    enum Fate {
        STAYS,
        /** Nobody listens to it here. */
        LEFT,
        OVER
    }

    private final CompletableFuture<Finding> finding = new CompletableFuture<>();
    private final Recordings recordings;
    private final Recording recording;
    private final String from;
    private final long begunNanos;
    private long heardNanos;
    private int written;

    /** One that node writes. */
    Mirror(Recordings recordings, Recording recording, String from, long nowNanos) {
        this.recordings = recordings;
        this.recording = recording;
        this.from = from;
        begunNanos = nowNanos;
        heardNanos = nowNanos;
    }

    /** Whether there is an answer, once that is clear. */
    CompletableFuture<Finding> finding() {
        return finding;
    }

    /** The node that writes it. */
    String from() {
        return from;
    }

    /** What was said of it. */
    synchronized Fate hear(Message.Said said, long nowNanos, long nowMicros) {
        heardNanos = nowNanos;
        return switch (said) {
            case Message.Alive _ -> Fate.STAYS;
            case Message.Coming coming -> {
                recording.begin(coming.head());
                yield Fate.STAYS;
            }
            case Message.News news
            when news.from() == written -> {
                written += news.bytes().length();
                recording.write(news.bytes());
                finding.complete(Finding.FOUND);
                yield Fate.STAYS;
            }
            case Message.Given given when given.from() == written -> end(given(given.answer(), nowMicros));
            // Something was not heard that was said before.
            case Message.News _, Message.Given _ -> end(new End.Unserved(LOST, OptionalLong.of(SOON_MILLIS)));
            case Message.Outgrown _ -> end(new End.Outgrown());
            case Message.Failed failed -> end(new End.Unserved(failed.fault(), failed.retryAfterMillis()));
            case Message.Forgotten _ -> {
                finding.complete(Finding.UNKNOWN);
                yield Fate.OVER;
            }
        };
    }

    private End given(KeptAnswer last, long nowMicros) {
        return whole(last)
                .<End>map(answer -> {
                    if (recording.name() instanceof RequestName.Printed name) {
                        recordings.keep(name, answer, nowMicros);
                    }
                    return new End.Answered(answer);
                })
                .orElseGet(End.Outgrown::new);
    }

    private Optional<KeptAnswer> whole(KeptAnswer last) {
        return switch (last.form()) {
            case WHOLE -> Optional.of(last);
            case STREAM -> recording.whole(last.body()).map(body -> with(last, body));
        };
    }

    private static KeptAnswer with(KeptAnswer answer, Buffer body) {
        return new KeptAnswer(
                answer.decision(), answer.served(), answer.maxTokens(), answer.form(), answer.contentType(), body);
    }

    private Fate end(End how) {
        recordings.end(recording, how);
        finding.complete(Finding.FOUND);
        return Fate.OVER;
    }

    /** What is to be done with it now. Of what nothing is here yet, who has asked goes on by himself. */
    synchronized Fate look(long nowNanos) {
        if (nowNanos - heardNanos > SILENT_NANOS) {
            if (!finding.complete(Finding.UNKNOWN) && finding.join() == Finding.FOUND) {
                recordings.end(recording, new End.Unserved(LOST, OptionalLong.of(SOON_MILLIS)));
            }
            return Fate.OVER;
        }
        if (nowNanos - begunNanos > ALONE_NANOS && recording.deserted()) {
            end(new End.Unserved(LOST, OptionalLong.of(SOON_MILLIS)));
            return Fate.LEFT;
        }
        return Fate.STAYS;
    }
}
