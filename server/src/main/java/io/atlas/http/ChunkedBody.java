package io.atlas.http;

import io.netty.buffer.ByteBuf;

/**
 * Follows a body in chunks, as RFC 9112 7.1 writes it, to its end. Extensions are short and plain; trailers are checked,
 * and nobody behind this reads them.
 */
final class ChunkedBody {
    /** How far a body has been followed. */
    sealed interface Step {
        /** So many more bytes belong to it. */
        record Bytes(int count) implements Step {}

        /** So many more bytes, and that was all. */
        record End(int count) implements Step {}

        /** Nothing can be said before more is read. */
        record More() implements Step {}

        /** It is no body in chunks. */
        record Wrong(String message) implements Step {}
    }

    private enum Part {
        SIZE,
        DATA,
        AFTER_DATA,
        TRAILERS
    }

    private static final int MAX_SIZE_DIGITS = 8;
    private static final int MAX_EXTENSION_BYTES = 256;
    private static final int MAX_TRAILER_BYTES = 8 << 10;

    private final Fields trailers = new Fields();
    private Part part = Part.SIZE;
    private long left;
    private int extensionBytes;
    private int trailerBytes;

    /** The next step over what is readable; the caller skips the bytes that belong to the body. */
    Step next(ByteBuf in) {
        return switch (part) {
            case DATA -> data(in);
            case AFTER_DATA -> afterData(in);
            case SIZE -> size(in);
            case TRAILERS -> trailer(in);
        };
    }

    private Step data(ByteBuf in) {
        int count = (int) Math.min(left, in.readableBytes());
        left -= count;
        if (left == 0) {
            part = Part.AFTER_DATA;
        }
        return new Step.Bytes(count);
    }

    private Step afterData(ByteBuf in) {
        int start = in.readerIndex();
        boolean whole = in.readableBytes() > 1;
        if (in.getByte(start) != '\r' || (whole && in.getByte(start + 1) != '\n')) {
            return new Step.Wrong("a chunk of the body is longer than it says");
        }
        if (!whole) {
            return new Step.More();
        }
        part = Part.SIZE;
        return new Step.Bytes(2);
    }

    private Step size(ByteBuf in) {
        int start = in.readerIndex();
        int end = Lines.end(in, start);
        if (end == Lines.MORE) {
            boolean tooLong = in.readableBytes() > MAX_SIZE_DIGITS + MAX_EXTENSION_BYTES + 1;
            return tooLong ? wrongSize() : new Step.More();
        }
        if (end == Lines.BROKEN) {
            return wrongSize();
        }
        Span line = Lines.span(in, start, end);
        int digits = line.indexOf(';', 0);
        long size = hexadecimal(line.part(0, digits));
        extensionBytes += line.length() - digits;
        if (size < 0 || size > Integer.MAX_VALUE || extensionBytes > MAX_EXTENSION_BYTES) {
            return wrongSize();
        }
        if (!plain(line.part(digits, line.length()))) {
            return new Step.Wrong("a chunk of the body has an extension that is not ';name' or ';name=token'");
        }
        left = size;
        part = size == 0 ? Part.TRAILERS : Part.DATA;
        return new Step.Bytes(line.length() + 2);
    }

    private Step trailer(ByteBuf in) {
        int start = in.readerIndex();
        int end = Lines.end(in, start);
        trailerBytes += end > 0 ? end - start : 0;
        if (end == Lines.BROKEN
                || trailerBytes > MAX_TRAILER_BYTES
                || (end < 0 && in.readableBytes() > MAX_TRAILER_BYTES)) {
            return new Step.Wrong("the trailers of the body are too long or do not end in CR LF");
        }
        if (end == Lines.MORE) {
            return new Step.More();
        }
        if (end == start) {
            return new Step.End(2);
        }
        int count = end - start + 2;
        return trailers.read(Lines.span(in, start, end))
                .<Step>map(fault -> new Step.Wrong(fault.message()))
                .orElseGet(() -> new Step.Bytes(count));
    }

    private static long hexadecimal(Span digits) {
        if (digits.length() == 0 || digits.length() > MAX_SIZE_DIGITS) {
            return -1;
        }
        long size = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Octets.hex(digits.at(i));
            if (digit < 0) {
                return -1;
            }
            size = (size << 4) | digit;
        }
        return size;
    }

    /** Whether the extensions are names, each with or without a token; quoted ones are where readers differ. */
    private static boolean plain(Span extensions) {
        int start = 0;
        while (start < extensions.length()) {
            int end = extensions.indexOf(';', start + 1);
            Span one = extensions.part(start + 1, end);
            int equals = one.indexOf('=', 0);
            boolean value = equals == one.length() || Fields.token(one.part(equals + 1, one.length()));
            if (!Fields.token(one.part(0, equals)) || !value) {
                return false;
            }
            start = end;
        }
        return true;
    }

    private static Step wrongSize() {
        return new Step.Wrong("the size of a chunk is not 1 to " + MAX_SIZE_DIGITS + " hexadecimal digits and CR LF");
    }
}
