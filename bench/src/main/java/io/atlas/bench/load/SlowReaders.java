package io.atlas.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Callers who ask for a stream and then read nothing of it. Closing them ends their connections. */
public final class SlowReaders implements AutoCloseable {
    /** Little: what the kernel holds is no part of what a gateway costs, and is full the sooner. */
    private static final int KERNEL_BYTES = 4 << 10;

    private final List<Channel> channels;

    private SlowReaders(List<Channel> channels) {
        this.channels = channels;
    }

    /** Connects that many, one after the other, each with its request. */
    public static SlowReaders open(Target target, int count) throws InterruptedException {
        Loops loops = Loops.ofHalfTheMachine();
        Asking asking = Asking.paced();
        Passages passages = Passages.words(1);
        Bootstrap bootstrap = new Bootstrap()
                .group(loops.group())
                .channel(loops.socket())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_RCVBUF, KERNEL_BYTES)
                .handler(new Deaf());
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Channel channel = bootstrap
                    .connect(InetAddress.getLoopbackAddress(), target.port())
                    .sync()
                    .channel();
            Prompts prompts = new Prompts(passages, target, asking, "s" + i);
            channel.writeAndFlush(prompts.next(UnpooledByteBufAllocator.DEFAULT).bytes())
                    .sync();
            channels.add(channel);
        }
        return new SlowReaders(channels);
    }

    @Override
    public void close() {
        channels.forEach(channel -> channel.close().syncUninterruptibly());
    }

    /** What does not read is reset in the end, and that is right. */
    @ChannelHandler.Sharable
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // a channel that does not close is closed at the end
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
