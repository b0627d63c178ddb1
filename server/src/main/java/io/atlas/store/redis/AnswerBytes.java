package io.atlas.store.redis;

import io.atlas.replay.AnswerStore.Claim;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.RequestName;
import io.atlas.replay.Texts;
import io.vertx.core.buffer.Buffer;

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
        answer.write(out);
        return out.getBytes();
    }

    /** What follows from it for a request of the same name with that body. */
    static Claim read(byte[] bytes, String bodyHex) {
        Buffer in = Buffer.buffer(bytes);
        if (!in.getString(1, 1 + HEX_CHARACTERS).equals(bodyHex)) {
            return new Claim.Mismatch();
        }
        return switch ((char) in.getByte(0)) {
            case PENDING -> new Claim.Elsewhere();
            case KEPT -> new Claim.Answered(KeptAnswer.read(new Texts(in, 1 + HEX_CHARACTERS)));
            default -> new Claim.Gone();
        };
    }
}
