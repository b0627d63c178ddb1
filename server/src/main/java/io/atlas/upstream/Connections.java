package io.atlas.upstream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xClientConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** What is asked of a connection that its library has no word for; the only place that looks beneath it. */
public final class Connections {
    private static final int LEAST_READ_BYTES = 64;
    private static final int FIRST_READ_BYTES = 2 << 10;
    private static final int MAX_READ_BYTES = 16 << 10;

    private Connections() {}

    /**
     * Swallows what a read has delivered before its connection was cut off. The end of the answer may be among it, and would
     * send the dead connection back to its pool, to be used by the next request that waits for one.
     */
    private static final class Deafness extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /** Counts the reads of a connection to a backend. */
    private static final class Hearing extends ChannelInboundHandlerAdapter {
        private long reads;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            reads++;
            super.channelRead(context, message);
        }
    }

    /** How often something has come from a connection whose reads are counted. */
    static long reads(HttpConnection connection) {
        Hearing hearing = of(connection).channel().pipeline().get(Hearing.class);
        return hearing == null ? 0 : hearing.reads;
    }

    /** From now on its reads are counted. */
    static void countReads(HttpConnection connection) {
        of(connection).channel().pipeline().addFirst(new Hearing());
    }

    /**
     * Closes a connection at once, and forgets what is not written yet. Closed in its own way it would first wait until
     * the other side has read that, which is what somebody who does not read never does.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Whether it fails or not, nothing more is wanted of it.
    public static void cutOff(HttpConnection connection) {
        ChannelHandlerContext context = of(connection).channelHandlerContext();
        // Closed by the other side, or by the call before this one: its socket is no more, and takes no option.
        if (context.channel().isOpen()) {
            context.pipeline().addBefore(context.name(), null, new Deafness());
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            context.close();
        }
    }

    /**
     * Closes a connection to a backend that has ended its answer, unless it serves the next request by now: the pool hands
     * it on before it says that the answer has ended.
     */
    static void closeIdle(HttpConnection connection) {
        if (connection instanceof Http1xClientConnection client && client.activeStreams() == 0) {
            client.close();
        }
    }

    /** Reads nothing more. What a read has delivered by now still comes. */
    static void holdBack(HttpConnection connection) {
        config(connection).setAutoRead(false);
    }

    /** Reads on. */
    static void readOn(HttpConnection connection) {
        config(connection).setAutoRead(true);
    }

    /** What one read delivers is what a caller who does not read costs beyond what is counted; so it is kept small. */
    static void boundReads(HttpConnection connection) {
        config(connection)
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES));
    }

    private static ChannelConfig config(HttpConnection connection) {
        return of(connection).channel().config();
    }

    private static ConnectionBase of(HttpConnection connection) {
        return (ConnectionBase) connection;
    }
}
