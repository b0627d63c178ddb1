package io.atlas.replay.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.tenant.Caller;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.atlas.replay.Recordings;
import io.atlas.replay.RequestName;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MirrorTest {
    private static final RequestName NAME = new RequestName.Printed(
            new Caller("acme", Optional.empty(), Optional.empty(), "app", "pro", Optional.empty()),
            "/v1/chat/completions",
            100,
            42);

    private final Recordings recordings = new Recordings();
    private final Recording recording = recordings.begin(NAME, "").orElseThrow();
    private final Mirror mirror = new Mirror(recordings, recording, "one", 0);

    @Test
    void aPartOfAStreamThatWasNotHeardIsNotPassedOver() {
        mirror.hear(news(0, "data: 1\n\n"), 1, 1);

        Mirror.Fate fate = mirror.hear(news(18, "data: 3\n\n"), 2, 2);

        assertThat(fate).isEqualTo(Mirror.Fate.OVER);
        assertThat(recording.from(0).end().orElseThrow())
                .isInstanceOfSatisfying(
                        End.Unserved.class,
                        unserved -> assertThat(unserved.fault().reason()).isEqualTo(Reason.OVERLOADED));
    }

    @Test
    void whatFollowsIsHeard() {
        mirror.hear(news(0, "data: 1\n\n"), 1, 1);

        assertThat(mirror.hear(news(9, "data: 2\n\n"), 2, 2)).isEqualTo(Mirror.Fate.STAYS);
        assertThat(recording.from(0).news()).hasToString("data: 1\n\ndata: 2\n\n");
    }

    private static Message.News news(int from, String text) {
        return new Message.News(7, from, Buffer.buffer(text));
    }
}
