package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.atlas.time.TimeSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One connection of the load: it asks, holds the answer against what the upstream wrote, and asks again until its time
 * is up. Its tally is complete once the connection is closed. Owned by its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection, and that is seen
final class Lane extends SimpleChannelInboundHandler<HttpObject> {
    /** More than any right answer; a longer one is cut here, and fails. */
    private static final int MOST_BODY_BYTES = 1 << 16;

    /** Grows as answers come: thousands of lanes may be open. */
    private static final int FIRST_BODY_BYTES = 1 << 8;

    private static final int SHOWN_CHARACTERS = 300;
    private static final JsonMapper JSON = new JsonMapper();

    private final Prompts prompts;
    private final Asking asking;
    private final Schedule schedule;
    private final TimeSource time;
    private final Tally tally = new Tally();
    private final CompletableFuture<Tally> done = new CompletableFuture<>();
    private final ByteBuf body = Unpooled.directBuffer(FIRST_BODY_BYTES, MOST_BODY_BYTES);
    private boolean over;
    private int words;
    private int textBytes;
    private int status;
    private long dueNanos;
    private long begunNanos;
    private long firstByteNanos;

    /**
     * When a lane asks, by {@link TimeSource#nanos()}.
     *
     * @param intervalNanos from one request to the next; 0 to ask again at once
     */
    record Schedule(long firstNanos, long endNanos, long intervalNanos) {}

    Lane(Prompts prompts, Asking asking, Schedule schedule, TimeSource time) {
        this.prompts = prompts;
        this.asking = asking;
        this.schedule = schedule;
        this.time = time;
        this.dueNanos = schedule.firstNanos;
    }

    /** When its next request is due. */
    long dueNanos() {
        return dueNanos;
    }

    /** The tally, once the connection is closed. */
    CompletableFuture<Tally> done() {
        return done;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        askWhenDue(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message instanceof HttpResponse response) {
            status = response.status().code();
        }
        if (message instanceof HttpContent content) {
            if (body.writerIndex() == 0) {
                firstByteNanos = time.nanos();
            }
            ByteBuf bytes = content.content();
            body.writeBytes(bytes, Math.min(bytes.readableBytes(), body.maxWritableBytes()));
        }
        if (message instanceof LastHttpContent) {
            check();
            scheduleNext(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!over) {
            tally.failed(("the connection closed before its time was up, or its last answer took too long:"
                            + " %d bytes, last status %d, %,d ms after it was due")
                    .formatted(body.readableBytes(), status, (time.nanos() - dueNanos) / 1_000_000));
        }
        body.release();
        done.complete(tally);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        tally.failed(cause.toString());
        over = true;
        context.close();
    }

    /**
     * A request begins when it is due, also where the answer before it came too late for that. But that this process was
     * woken late for it is no fault of who answers.
     */
    private void askWhenDue(ChannelHandlerContext context) {
        long delay = dueNanos - time.nanos();
        begunNanos = dueNanos;
        if (delay > 0) {
            context.executor().schedule(() -> askNow(context), delay, TimeUnit.NANOSECONDS);
            return;
        }
        ask(context);
    }

    private void askNow(ChannelHandlerContext context) {
        begunNanos = time.nanos();
        ask(context);
    }

    private void ask(ChannelHandlerContext context) {
        Prompts.Prompt prompt = prompts.next(context.alloc());
        words = prompt.words();
        textBytes = prompt.textBytes();
        body.clear();
        context.writeAndFlush(prompt.bytes(), context.voidPromise());
    }

    private void check() {
        long now = time.nanos();
        Shape shape = asking.shape();
        if (status == 200 && ByteBufUtil.equals(body, Unpooled.wrappedBuffer(Answers.body(shape, words)))) {
            tally.answered(shape, words, firstByteNanos - begunNanos, now - begunNanos);
            return;
        }
        if (status == 429 && asking.right() == Asking.Right.SERVED_OR_REFUSED && rightlyRefused()) {
            tally.refused(now - begunNanos);
            return;
        }
        String text = body.toString(UTF_8);
        String end = text.substring(Math.max(0, text.length() - SHOWN_CHARACTERS));
        tally.failed("status %d, %d bytes, ending: %s".formatted(status, text.length(), end));
    }

    /** A refusal names what was counted: the bound by bytes would be all of the text's. */
    private boolean rightlyRefused() {
        JsonNode error = JSON.readTree((InputStream) new ByteBufInputStream(body.duplicate()))
                .path("error");
        long requested = error.path("atlas").path("requested").asLong(Long.MAX_VALUE);
        return error.path("code").asString("").equals("rate_limit_exceeded")
                && requested - Prompts.MAX_TOKENS < textBytes;
    }

    private void scheduleNext(ChannelHandlerContext context) {
        dueNanos = schedule.intervalNanos == 0 ? time.nanos() : dueNanos + schedule.intervalNanos;
        if (dueNanos >= schedule.endNanos) {
            over = true;
            context.close();
            return;
        }
        askWhenDue(context);
    }
}
