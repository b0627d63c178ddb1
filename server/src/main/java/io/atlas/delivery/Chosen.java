package io.atlas.delivery;

import io.atlas.config.Backend;
import io.atlas.config.Deployment;
import io.atlas.dialect.openai.ChatRequest.Counting;
import io.atlas.exchange.Held;

/** A request, and the deployment that is to serve it. */
public record Chosen(Held held, Deployment deployment, Backend backend) {
    /** How the backend is told to count a stream. */
    public Counting counting() {
        return backend.type().countsWhileStreaming() ? Counting.RUNNING : Counting.AT_THE_END;
    }

    /** The deployment as receipts name it: {@code small@gpu-a}. */
    public String label() {
        return held.asking().model().name() + "@" + backend.name();
    }
}
