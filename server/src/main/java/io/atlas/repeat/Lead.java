package io.atlas.repeat;

import io.atlas.exchange.Services;
import io.atlas.exchange.Trail;
import io.atlas.replay.Recording;
import io.atlas.replay.RequestName;
import io.vertx.core.Context;
import java.time.Duration;

/**
 * A request whose answer others may get too. When its caller leaves, it goes on for as long as the next try may take to
 * come, and for as long as somebody who has joined it is there.
 */
final class Lead {
    /** What the caller has given a name is finished for him, so that he finds it. */
    private static final Duration NAMED = Duration.ofSeconds(30);

    /** A library tries again after half a second, and then after one; nobody else pays for what nobody reads. */
    private static final Duration COUNTED = Duration.ofSeconds(1);

    private static final long RENEW_MILLIS = 20_000;

    private final Services services;
    private final Context context;
    private final Trail trail;
    private final Recording recording;

    Lead(Services services, Context context, Trail trail, Recording recording) {
        this.services = services;
        this.context = context;
        this.trail = trail;
        this.recording = recording;
    }

    void begin() {
        recording.lead();
        switch (recording.name()) {
            case RequestName.Keyed name -> {
                trail.isRecorded(recording, () -> await(NAMED));
                context.owner().setPeriodic(RENEW_MILLIS, timer -> {
                    if (recording.ended()) {
                        context.owner().cancelTimer(timer);
                    } else {
                        services.replays()
                                .answers()
                                .renew(
                                        name,
                                        recording.bodyHex(),
                                        services.time().epochMicros());
                    }
                });
            }
            case RequestName.Printed _ -> trail.isRecorded(recording, this::left);
        }
    }

    /** No library tries again once its answer has begun: who leaves then is not interested any more. */
    private void left() {
        if (trail.request().response().headWritten() && recording.deserted()) {
            trail.abandon();
        } else {
            await(COUNTED);
        }
    }

    private void await(Duration next) {
        context.owner().setTimer(next.toMillis(), _ -> {
            if (recording.ended()) {
                return;
            }
            if (recording.deserted()) {
                trail.abandon();
            } else {
                await(next);
            }
        });
    }
}
