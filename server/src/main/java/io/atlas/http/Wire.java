package io.atlas.http;

import io.atlas.config.ServerSettings.WireLimits;
import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.reason.Reason;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What stands between the sockets of a listener and its routes: the limits of the wire, the same for every listener.
 *
 * <p>Vert.x has no public way into its pipeline; the one cast to its connection is here.
 */
public final class Wire {
    /** Longer than the longest answer may take, which has timers of its own. */
    private static final int SILENT_SECONDS = 660;

    /**
     * What the kernel may hold for a caller who does not read; on Linux twice that, with what it costs to hold it. Left to
     * itself it lets a stream grow to megabytes, which no caller asked for and a gateway of thousands cannot afford.
     */
    private static final int UNSENT_BYTES = 128 << 10;

    private static final String STRICT = "strictWire";

    private final WireLimits limits;
    private final Connections connections;
    private final WireTimes times = WireTimes.DEFAULT;

    /** A wire with these limits. */
    public Wire(WireLimits limits, Connections connections) {
        this.limits = limits;
        this.connections = connections;
    }

    /** How its listener reads: no more strictly than the wire does, which comes first. */
    public HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxInitialLineLength(HeadReader.MAX_LINE_BYTES)
                .setMaxHeaderSize(limits.headBytes())
                .setIdleTimeout(SILENT_SECONDS)
                .setSendBufferSize(UNSENT_BYTES)
                .setHttp2ClearTextEnabled(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
    }

    /** Puts itself between a server that does not listen yet and its routes. */
    public HttpServer between(HttpServer server, Routes routes) {
        return server.connectionHandler(this::opened)
                .invalidRequestHandler(request -> {
                    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
                    routes.refuse(request, fault(request));
                    request.connection().close();
                })
                .requestHandler(request -> {
                    HttpServerResponse response = request.response();
                    response.headersEndHandler(_ -> {
                        if (last(request)) {
                            response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
                        }
                    });
                    response.endHandler(_ -> answered(request));
                    routes.handle(request);
                });
    }

    private void opened(HttpConnection connection) {
        Http1xServerConnection http = (Http1xServerConnection) connection;
        InetAddress address = ((InetSocketAddress) http.channel().remoteAddress()).getAddress();
        connection.closeHandler(_ -> connections.closed(address));
        if (!connections.opened(address)) {
            connection.close();
            return;
        }
        StrictWire strict = new StrictWire(limits.headBytes(), times, http::handleException);
        ChannelPipeline pipeline = http.channelHandlerContext().pipeline();
        pipeline.addBefore("httpDecoder", STRICT, strict);
        pipeline.addBefore(STRICT, "linger", new Linger(strict, times));
    }

    /** Whether the connection ends with this answer: to HTTP/1.0, and to a request whose rest nobody waits for. */
    private static boolean last(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_0
                || strict(request).map(StrictWire::bodyOutstanding).orElse(true);
    }

    private static void answered(HttpServerRequest request) {
        Http1xServerConnection http = (Http1xServerConnection) request.connection();
        boolean last = last(request);
        strict(request)
                .ifPresent(strict -> strict.answered(
                        http.channelHandlerContext().executor().ticker().nanoTime()));
        if (last) {
            http.close();
        }
    }

    /** Its part of the pipeline, which is taken down when the connection is closed. */
    private static Optional<StrictWire> strict(HttpServerRequest request) {
        Http1xServerConnection http = (Http1xServerConnection) request.connection();
        return Optional.ofNullable(http.channelHandlerContext().pipeline().get(StrictWire.class));
    }

    private static Fault fault(HttpServerRequest request) {
        return request.decoderResult().cause() instanceof RefusedHead refused
                ? refused.fault()
                : Fault.of(Reason.INVALID_REQUEST, "this is no HTTP request that can be read in one way");
    }
}
