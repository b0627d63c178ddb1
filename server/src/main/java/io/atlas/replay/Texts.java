package io.atlas.replay;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Texts as nodes send and keep them: two bytes of length before each, and whatever follows the last one. */
public final class Texts {
    private static final int MOST_BYTES = 0xffff;

    private final Buffer in;
    private int at;

    /** Those that begin at that byte. */
    public Texts(Buffer in, int from) {
        this.in = in;
        at = from;
    }

    /** Adds one; what is longer than can be told is cut. */
    public static void append(Buffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MOST_BYTES);
        out.appendUnsignedShort(length).appendBytes(bytes, 0, length);
    }

    /** The next one. */
    public String next() {
        int from = at + Short.BYTES;
        at = from + in.getUnsignedShort(at);
        return in.getString(from, at);
    }

    /** The next one, which is a number. */
    public long number() {
        return Long.parseLong(next());
    }

    /** What follows the last one that was read. */
    public Buffer rest() {
        return in.getBuffer(at, in.length());
    }
}
