package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model server that answers at once, in the words of {@link Answers}: its prompt tokens are the words of the messages.
 * Every chunk of a stream leaves by a write of its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection, and that is seen
public final class Upstream extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final int BACKLOG = 1 << 12;
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] STREAM_HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                    .getBytes(US_ASCII);
    private static final byte[] STREAM_END = "0\r\n\r\n".getBytes(US_ASCII);
    private static final ByteBuf[] FRAMES =
            Answers.chunks().stream().map(Upstream::kept).toArray(ByteBuf[]::new);
    private static final ByteBuf DONE = kept(Answers.done());

    private final Pace slow;
    private boolean endless;
    private int next;

    private Upstream(Pace slow) {
        this.slow = slow;
    }

    /** Listens on the given port of the loopback address until it is killed; further arguments say at which {@link Pace}
     * it writes the streams of the paced model. */
    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        Pace pace = Pace.of(List.of(arguments).subList(1, arguments.length));
        bind(port, pace).sync().channel().closeFuture().sync();
    }

    /** Listens on the given port of the loopback address, 0 for a free one; the future completes once it does. */
    static ChannelFuture bind(int port, Pace pace) {
        Loops loops = Loops.ofHalfTheMachine();
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverSocket())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpRequestDecoder())
                                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                                .addLast(new Upstream(pace));
                    }
                })
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .bind(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            plain(context, "{\"object\":\"list\",\"data\":[]}".getBytes(US_ASCII));
            return;
        }
        InputStream body = new ByteBufInputStream(request.content());
        JsonNode ask = JSON.readTree(body);
        if (ask.path("model").asString("").equals(Asking.BROKEN)) {
            whole(context, "503 Service Unavailable", "{\"error\":{\"message\":\"broken\"}}".getBytes(US_ASCII));
            return;
        }
        int promptTokens = words(ask);
        if (!ask.path("stream").asBoolean(false)) {
            plain(context, Answers.body(Shape.PLAIN, promptTokens));
            return;
        }
        boolean tellUsage = ask.path("stream_options").path("include_usage").asBoolean(false);
        ByteBuf usage =
                tellUsage ? Unpooled.wrappedBuffer(frame(Answers.usageChunk(promptTokens))) : Unpooled.EMPTY_BUFFER;
        context.write(Unpooled.wrappedBuffer(STREAM_HEAD));
        Pace pace = ask.path("model").asString("").equals(Asking.PACED) ? slow : new Pace.AtOnce();
        stream(context, pace, Unpooled.wrappedBuffer(usage, DONE.duplicate(), Unpooled.wrappedBuffer(STREAM_END)));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private static void plain(ChannelHandlerContext context, byte[] body) {
        whole(context, "200 OK", body);
    }

    private static void whole(ChannelHandlerContext context, String status, byte[] body) {
        byte[] head = ("HTTP/1.1 " + status + "\r\ncontent-type: application/json\r\ncontent-length: " + body.length
                        + "\r\n\r\n")
                .getBytes(US_ASCII);
        context.writeAndFlush(Unpooled.wrappedBuffer(head, body));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (endless) {
            fill(context);
        }
    }

    private void stream(ChannelHandlerContext context, Pace pace, ByteBuf end) {
        switch (pace) {
            case Pace.AtOnce _ -> quickly(context, 0, end);
            case Pace.Slowly slowly -> slowly(context, 0, slowly, end);
            case Pace.Endlessly _ -> {
                endless = true;
                fill(context);
            }
        }
    }

    /** One chunk in each turn of the loop, so that the streams of all connections go on side by side. */
    private static void quickly(ChannelHandlerContext context, int index, ByteBuf end) {
        if (index == FRAMES.length) {
            context.writeAndFlush(end);
            return;
        }
        context.writeAndFlush(FRAMES[index].duplicate());
        context.executor().execute(() -> quickly(context, index + 1, end));
    }

    private static void slowly(ChannelHandlerContext context, int index, Pace.Slowly pace, ByteBuf end) {
        if (index < pace.chunks()) {
            context.writeAndFlush(FRAMES[index].duplicate());
            context.executor()
                    .schedule(() -> slowly(context, index + 1, pace, end), pace.pauseMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        for (int rest = index; rest < FRAMES.length; rest++) {
            context.write(FRAMES[rest].duplicate());
        }
        context.writeAndFlush(end);
    }

    /** Chunks until nothing more fits, the last one left out. */
    private void fill(ChannelHandlerContext context) {
        while (context.channel().isWritable()) {
            context.write(FRAMES[next].duplicate());
            next = (next + 1) % (FRAMES.length - 1);
        }
        context.flush();
    }

    private static int words(JsonNode ask) {
        int words = 0;
        for (JsonNode message : ask.path("messages")) {
            words += new StringTokenizer(message.path("content").asString("")).countTokens();
        }
        return words;
    }

    /** The event as a chunk of HTTP, in memory that lives as long as the process. */
    private static ByteBuf kept(byte[] event) {
        byte[] frame = frame(event);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(frame.length).writeBytes(frame));
    }

    private static byte[] frame(byte[] event) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(event.length + 16);
        frame.writeBytes((Integer.toHexString(event.length) + "\r\n").getBytes(US_ASCII));
        frame.writeBytes(event);
        frame.writeBytes("\r\n".getBytes(US_ASCII));
        return frame.toByteArray();
    }
}
