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

    /** Adds it to what is sent or kept, the body last. */
    public void write(Buffer out) {
        Texts.append(out, decision);
        Texts.append(out, served.model());
        Texts.append(out, served.backend());
        Texts.append(out, maxTokens.orElse(""));
        Texts.append(out, form.name());
        Texts.append(out, contentType);
        out.appendBuffer(body);
    }

    /** What {@link #write} has written. */
    public static KeptAnswer read(Texts in) {
        String decision = in.next();
        Served served = new Served(in.next(), in.next());
        Optional<String> maxTokens = Optional.of(in.next()).filter(text -> !text.isEmpty());
        Form form = Form.valueOf(in.next());
        String contentType = in.next();
        return new KeptAnswer(decision, served, maxTokens, form, contentType, in.rest());
    }

    /** What it takes to keep it, beside what every answer takes. */
    public int bytes() {
        return body.length();
    }
}
