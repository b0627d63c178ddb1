package io.atlas.repeat;

import io.atlas.exchange.Asking;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.replay.Neighbours.Finding;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A retry of which this node does not know the try before: it gets the answer of another node, where one has it, and is
 * served here else. Those who come here with the same meanwhile join it.
 */
final class Search implements Stage<Asking, Asking> {
    private final Services services;
    private final Context context;
    private final Trail trail;
    private final Recording recording;

    Search(Services services, Context context, Trail trail, Recording recording) {
        this.services = services;
        this.context = context;
        this.trail = trail;
        this.recording = recording;
    }

    @Override
    public Future<Passage<Asking>> pass(Asking asking) {
        Runnable waiting = () -> {};
        recording.join(waiting);
        Promise<Optional<Stop>> waited = Promise.promise();
        Future<Finding> finding = Future.fromCompletionStage(
                        services.replays().neighbours().find(recording), context)
                .otherwise(Finding.UNKNOWN)
                .onSuccess(_ -> waited.tryComplete(Optional.empty()));
        trail.whenCutShort(by -> waited.tryComplete(Optional.of(Stop.cutUnsent(by))));
        return waited.future()
                .onSuccess(_ -> trail.notCutShort())
                .compose(cut -> cut.isPresent() ? cut(cut.get(), finding) : found(asking, finding.result()))
                .onComplete(_ -> recording.leave(waiting));
    }

    private Future<Passage<Asking>> found(Asking asking, Finding finding) {
        return switch (finding) {
            case FOUND ->
                new Playback(services, context, trail).along(recording).map(Passage.Stopped::new);
            case UNKNOWN -> {
                new Lead(services, context, trail, recording).begin();
                yield Passage.onward(asking);
            }
        };
    }

    /** Whoever has joined meanwhile must not wait for a request that is not sent. */
    private Future<Passage<Asking>> cut(Stop stop, Future<Finding> finding) {
        finding.onSuccess(known -> {
            if (known == Finding.UNKNOWN) {
                services.replays()
                        .recordings()
                        .end(recording, new End.Unserved(Remember.GIVEN_UP, OptionalLong.of(Remember.SOON_MILLIS)));
            }
        });
        return Passage.stopped(stop);
    }
}
