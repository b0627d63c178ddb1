package io.atlas.replay;

import io.atlas.kernel.receipt.Served;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A whole answer, as it was given and can be given again.
 *
 * @param decision of the request that it was given to, and charged to
 * @param maxTokens the header that told of a changed bound on the output, where there was one
 * @param body of a stream all events, the last too
 */
public record KeptAnswer(
        String decision, Served served, Optional<String> maxTokens, Form form, String contentType, Buffer body) {
    /** How it was given. */
    public enum Form {
        WHOLE,
        STREAM
    }

    /** What it takes to keep it, beside what every answer takes. */
    public int bytes() {
        return body.length();
    }
}
