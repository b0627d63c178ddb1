package io.atlas.http;

import io.atlas.admission.MalformedBody;
import io.atlas.dialect.neutral.Fault;
import io.atlas.http.Head.Framing;
import io.atlas.http.Head.Sequel;
import io.atlas.kernel.reason.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before Netty's decoder, which forgives too much, and passes on only what can be read in one way: a head when all
 * of it is there and right, and of a body what its head announced. After the first thing that is wrong nothing passes any
 * more, since nobody can tell where the next request would begin. Owned by the event loop of its connection.
 */
final class StrictWire extends ByteToMessageDecoder {
    private enum Phase {
        HEAD,
        SIZED,
        CHUNKED,
        BROKEN_BODY,
        REFUSED
    }

    private final int maxHeadBytes;
    private final WireTimes times;
    private final Consumer<MalformedBody> bodyRefused;
    private Phase phase = Phase.HEAD;
    /** What comes behind the body that is being read. */
    private Phase behind = Phase.HEAD;

    private boolean afterEmptyLine;
    private int scannedBytes;
    private long leftBytes;
    private ChunkedBody chunks = new ChunkedBody();
    private int unanswered;
    private long idleSinceNanos;
    private @Nullable Future<?> headTimer;
    private @Nullable Future<?> idleTimer;

    /**
     * A wire without a byte on it.
     *
     * @param bodyRefused told when the body of the request that is being read turns out to be none
     */
    StrictWire(int maxHeadBytes, WireTimes times, Consumer<MalformedBody> bodyRefused) {
        this.maxHeadBytes = maxHeadBytes;
        this.times = times;
        this.bodyRefused = bodyRefused;
    }

    /** One of the requests that passed has got its answer. */
    void answered(long nowNanos) {
        unanswered--;
        idleSinceNanos = nowNanos;
    }

    /** Whether the body of the oldest request without an answer is still coming in, or never will. */
    boolean bodyOutstanding() {
        boolean coming = phase == Phase.SIZED || phase == Phase.CHUNKED || phase == Phase.BROKEN_BODY;
        return coming && unanswered == 1;
    }

    /** Whether the last byte that was read is the last of a request: whoever closes now cuts nothing off. */
    boolean betweenRequests() {
        return phase == Phase.HEAD && actualReadableBytes() == 0;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        idleSinceNanos = ctx.executor().ticker().nanoTime();
        idleTimer = schedule(ctx, times.idle().toNanos(), () -> lookForIdleness(ctx));
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        stopTimers();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        stopTimers();
        super.channelInactive(ctx);
    }

    /** A body that is none ends the reading of its request; that request is answered before its connection is closed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof MalformedBody malformed) {
            bodyRefused.accept(malformed);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        switch (phase) {
            case HEAD -> head(ctx, in, out);
            case SIZED -> sized(in, out);
            case CHUNKED -> chunked(in, out);
            case BROKEN_BODY, REFUSED -> in.skipBytes(in.readableBytes());
        }
    }

    /** What is left of a head when the caller leaves is no request. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        in.skipBytes(in.readableBytes());
    }

    private void head(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        byte first = in.getByte(in.readerIndex());
        if (first == '\r' && !afterEmptyLine) {
            emptyLine(ctx, in, out);
            return;
        }
        int end = Octets.token(first) ? endOfHead(in) : Lines.BROKEN;
        int known = end > 0 ? end - in.readerIndex() : in.readableBytes();
        if (end == Lines.BROKEN) {
            refuse(in, out, Fault.of(Reason.INVALID_REQUEST, "this is no HTTP request whose lines end in CR LF"));
        } else if (known > maxHeadBytes) {
            refuse(in, out, Fault.of(Reason.HEAD_TOO_LARGE, "the head is larger than " + maxHeadBytes + " bytes"));
        } else if (end == Lines.MORE) {
            incomplete(ctx, in, out);
        } else {
            complete(in, known, out);
        }
    }

    /** One is allowed before a request, for old clients that send it after a body. */
    private void emptyLine(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() == 1) {
            incomplete(ctx, in, out);
            return;
        }
        afterEmptyLine = true;
        if (in.getByte(in.readerIndex() + 1) == '\n') {
            in.skipBytes(2);
        }
    }

    /** The index behind the empty line; looks at each byte once, however few of them come at a time. */
    private int endOfHead(ByteBuf in) {
        int start = in.readerIndex() + scannedBytes;
        for (int end = Lines.end(in, start); end != Lines.MORE; end = Lines.end(in, start)) {
            if (end == Lines.BROKEN || end == start) {
                return end == Lines.BROKEN ? end : end + 2;
            }
            start = end + 2;
            scannedBytes = start - in.readerIndex();
        }
        return Lines.MORE;
    }

    private void incomplete(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (scannedBytes == 0 && in.readableBytes() > HeadReader.MAX_LINE_BYTES + 1) {
            refuse(in, out, Fault.of(Reason.URI_TOO_LONG, "the request line is longer than this gateway reads"));
        } else if (headTimer == null) {
            headTimer = schedule(ctx, times.head().toNanos(), () -> headOverdue(ctx));
        }
    }

    private void complete(ByteBuf in, int length, List<Object> out) {
        switch (HeadReader.read(
                Lines.span(in, in.readerIndex(), in.readerIndex() + length).bytes())) {
            case Head.Refused refused -> refuse(in, out, refused.fault());
            case Head.Accepted accepted -> {
                stop(headTimer);
                headTimer = null;
                afterEmptyLine = false;
                scannedBytes = 0;
                unanswered++;
                behind = accepted.sequel() == Sequel.ANOTHER ? Phase.HEAD : Phase.REFUSED;
                expect(accepted.framing());
                // What is here of the body goes along, so that a refusal by the head alone finds it read.
                out.add(in.readRetainedSlice(length + takeSized(in.readableBytes() - length)));
            }
        }
    }

    private void expect(Framing framing) {
        switch (framing) {
            case Framing.Chunked _ -> {
                leftBytes = 0;
                chunks = new ChunkedBody();
                phase = Phase.CHUNKED;
            }
            case Framing.Sized sized -> {
                leftBytes = sized.bytes();
                phase = leftBytes == 0 ? behind : Phase.SIZED;
            }
        }
    }

    private void sized(ByteBuf in, List<Object> out) {
        out.add(in.readRetainedSlice(takeSized(in.readableBytes())));
    }

    /** How many of so many bytes belong to a body whose length is known. */
    private int takeSized(int readableBytes) {
        int count = (int) Math.min(leftBytes, readableBytes);
        leftBytes -= count;
        if (phase == Phase.SIZED && leftBytes == 0) {
            phase = behind;
        }
        return count;
    }

    private void chunked(ByteBuf in, List<Object> out) {
        switch (chunks.next(in)) {
            case ChunkedBody.Step.Bytes bytes -> out.add(in.readRetainedSlice(bytes.count()));
            case ChunkedBody.Step.End end -> {
                phase = behind;
                out.add(in.readRetainedSlice(end.count()));
            }
            case ChunkedBody.Step.More _ -> {}
            case ChunkedBody.Step.Wrong wrong -> {
                phase = Phase.BROKEN_BODY;
                in.skipBytes(in.readableBytes());
                out.add(malformed(wrong.message()));
            }
        }
    }

    /** Sends a request without a meaning behind those that passed, so that the refusal is said when its turn comes. */
    private void refuse(ByteBuf in, List<Object> out, Fault fault) {
        stop(headTimer);
        phase = Phase.REFUSED;
        in.skipBytes(in.readableBytes());
        out.add(refused(fault));
    }

    /** The same for what was to be the rest of a body. */
    private static LastHttpContent malformed(String message) {
        LastHttpContent end = new DefaultLastHttpContent();
        end.setDecoderResult(DecoderResult.failure(new MalformedBody(message)));
        return end;
    }

    private static DefaultHttpRequest refused(Fault fault) {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        request.setDecoderResult(DecoderResult.failure(new RefusedHead(fault)));
        return request;
    }

    private void headOverdue(ChannelHandlerContext ctx) {
        if (phase == Phase.HEAD) {
            phase = Phase.REFUSED;
            ctx.fireChannelRead(refused(Fault.of(Reason.REQUEST_TIMEOUT, "the head did not arrive in time")));
            ctx.fireChannelReadComplete();
        }
    }

    /** One timer at a time, set to the next moment at which the connection could be idle for too long. */
    @SuppressWarnings("FutureReturnValueIgnored") // Every handler of the channel is told of its close.
    private void lookForIdleness(ChannelHandlerContext ctx) {
        boolean busy = unanswered > 0 || !betweenRequests();
        long idleNanos = busy ? 0 : ctx.executor().ticker().nanoTime() - idleSinceNanos;
        long leftNanos = times.idle().toNanos() - idleNanos;
        if (leftNanos <= 0) {
            ctx.close();
            return;
        }
        idleTimer = schedule(ctx, leftNanos, () -> lookForIdleness(ctx));
    }

    private static Future<?> schedule(ChannelHandlerContext ctx, long nanos, Runnable action) {
        return ctx.executor().schedule(action, nanos, TimeUnit.NANOSECONDS);
    }

    private void stopTimers() {
        stop(headTimer);
        stop(idleTimer);
    }

    private static void stop(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
