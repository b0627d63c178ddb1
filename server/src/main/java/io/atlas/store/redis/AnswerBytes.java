package io.atlas.store.redis;

import io.atlas.kernel.receipt.Served;
import io.atlas.replay.AnswerStore.Claim;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.KeptAnswer.Form;
import io.atlas.replay.RequestName;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a named request stands in the server: one letter for what is known of it, the SHA-256 of its body in hexadecimal,
 * and the answer where there is one: texts with two bytes of length before each, and the body to the end.
 */
final class AnswerBytes {
    private static final char PENDING = 'p';
    private static final char GONE = 'g';
    private static final char KEPT = 'k';
    private static final int HEX_CHARACTERS = 64;

    private AnswerBytes() {}

    static byte[] key(RequestName.Keyed name) {
        return Names.bytes("atlas:i:" + name.hex());
    }

    /** It is on its way. */
    static byte[] pending(String bodyHex) {
        return Names.bytes(PENDING + bodyHex);
    }

    /** It was answered, and the answer is not kept. */
    static byte[] gone(String bodyHex) {
        return Names.bytes(GONE + bodyHex);
    }

    static byte[] kept(String bodyHex, KeptAnswer answer) {
        Buffer out = Buffer.buffer(Names.bytes(KEPT + bodyHex));
        text(out, answer.decision());
        text(out, answer.served().model());
        text(out, answer.served().backend());
        text(out, answer.maxTokens().orElse(""));
        text(out, answer.form().name());
        text(out, answer.contentType());
        return out.appendBuffer(answer.body()).getBytes();
    }

    /** What follows from it for a request of the same name with that body. */
    static Claim read(byte[] bytes, String bodyHex) {
        Buffer in = Buffer.buffer(bytes);
        if (!in.getString(1, 1 + HEX_CHARACTERS).equals(bodyHex)) {
            return new Claim.Mismatch();
        }
        return switch ((char) in.getByte(0)) {
            case PENDING -> new Claim.Elsewhere();
            case KEPT -> new Claim.Answered(new Reader(in).answer());
            default -> new Claim.Gone();
        };
    }

    private static void text(Buffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.appendUnsignedShort(bytes.length).appendBytes(bytes);
    }

    /** Reads one text after the other. */
    private static final class Reader {
        private final Buffer in;
        private int at = 1 + HEX_CHARACTERS;

        Reader(Buffer in) {
            this.in = in;
        }

        KeptAnswer answer() {
            String decision = text();
            Served served = new Served(text(), text());
            Optional<String> maxTokens = Optional.of(text()).filter(text -> !text.isEmpty());
            Form form = Form.valueOf(text());
            String contentType = text();
            return new KeptAnswer(decision, served, maxTokens, form, contentType, in.getBuffer(at, in.length()));
        }

        private String text() {
            int from = at + Short.BYTES;
            int length = in.getUnsignedShort(at);
            at = from + length;
            return in.getString(from, at);
        }
    }
}
