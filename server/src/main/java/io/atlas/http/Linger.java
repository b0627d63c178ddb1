package io.atlas.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseNotifier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which more is still to come, so that the answer arrives all the same: a system that closes a
 * socket with unread bytes resets it, and the reset overtakes the answer. What still comes is thrown away, within a time
 * and a size.
 */
// How a close ends is told to every handler of the channel; nobody waits for these futures.
@SuppressWarnings("FutureReturnValueIgnored")
final class Linger extends ChannelDuplexHandler {
    private static final int MAX_REST_BYTES = 64 << 10;

    private final StrictWire wire;
    private final WireTimes times;
    private boolean lingering;
    private int restBytes;
    private @Nullable Future<?> endOfPatience;

    Linger(StrictWire wire, WireTimes times) {
        this.wire = wire;
        this.times = times;
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        boolean gone = !ctx.channel().isActive();
        if (!lingering && (gone || wire.betweenRequests() || !(ctx.channel() instanceof DuplexChannel))) {
            ctx.close(promise);
            return;
        }
        PromiseNotifier.cascade(ctx.channel().closeFuture(), promise);
        if (!lingering) {
            lingering = true;
            ((DuplexChannel) ctx.channel()).shutdownOutput();
            ctx.channel().config().setAutoRead(true);
            endOfPatience = ctx.executor().schedule(() -> end(ctx), times.rest().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!lingering) {
            ctx.fireChannelRead(message);
            return;
        }
        restBytes += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        ReferenceCountUtil.release(message);
        if (restBytes > MAX_REST_BYTES) {
            end(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (endOfPatience != null) {
            endOfPatience.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    private static void end(ChannelHandlerContext ctx) {
        ctx.close();
    }
}
