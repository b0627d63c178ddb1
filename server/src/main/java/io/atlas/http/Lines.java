package io.atlas.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/** Finds the lines of what has been read so far, each of which ends in CR LF and in nothing else. */
final class Lines {
    /** The end of the line has not been read yet. */
    static final int MORE = -1;
    /** A CR without its LF, or a LF without its CR. */
    static final int BROKEN = -2;

    private Lines() {}

    /** The index of the CR that ends the line, looked for from {@code start} on. */
    static int end(ByteBuf in, int start) {
        int end = in.forEachByte(start, in.writerIndex() - start, ByteProcessor.FIND_CRLF);
        if (end < 0 || (end + 1 == in.writerIndex() && in.getByte(end) == '\r')) {
            return MORE;
        }
        return in.getByte(end) == '\r' && in.getByte(end + 1) == '\n' ? end : BROKEN;
    }

    static Span span(ByteBuf in, int start, int end) {
        byte[] bytes = new byte[end - start];
        in.getBytes(start, bytes);
        return new Span(bytes, 0, bytes.length);
    }
}
