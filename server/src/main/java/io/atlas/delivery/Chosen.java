package io.atlas.delivery;

import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.exchange.Held;
import io.atlas.model.Backend;
import io.atlas.model.Deployment;
import io.atlas.upstream.Condition;

/**
 * A request, and the deployment that is to serve it.
 *
 * @param condition how the deployment stands
 */
public record Chosen(Held held, Deployment deployment, Backend backend, Condition condition) {
    /** The deployment as receipts name it: {@code small@gpu-a}. */
    public String label() {
        return held.asking().model().name() + "@" + backend.name();
    }

    /** How its backend counts a stream. */
    Counting counting() {
        return backend.type().countsWhileStreaming() ? Counting.RUNNING : Counting.AT_THE_END;
    }
}
