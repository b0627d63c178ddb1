package io.atlas.bench.load;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * The event loops of one side of the load, and the sockets that go with them.
 *
 * @param group the loops; daemon threads, so that they need no end of their own
 */
record Loops(
        MultiThreadIoEventLoopGroup group,
        Class<? extends SocketChannel> socket,
        Class<? extends ServerChannel> serverSocket) {
    /** One loop for every two processors, on epoll where the machine has it. */
    static Loops ofHalfTheMachine() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return Epoll.isAvailable()
                ? new Loops(
                        group(threads, EpollIoHandler.newFactory()),
                        EpollSocketChannel.class,
                        EpollServerSocketChannel.class)
                : new Loops(
                        group(threads, NioIoHandler.newFactory()),
                        NioSocketChannel.class,
                        NioServerSocketChannel.class);
    }

    private static MultiThreadIoEventLoopGroup group(int threads, IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(
                threads, Thread.ofPlatform().daemon().name("load-", 0).factory(), handlers);
    }
}
