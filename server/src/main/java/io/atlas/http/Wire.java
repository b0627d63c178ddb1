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

/**
 * What stands between the sockets of a listener and its routes: the limits of the wire, the same for every listener.
 *
 * <p>Vert.x has no public way into its pipeline; the one cast to its connection is here.
 */
public final class Wire {
    /** Longer than the longest answer may take, which has timers of its own. */
    private static final int SILENT_SECONDS = 660;

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
                    routes.refuse(request, fault(request));
                    request.connection().close();
                })
                .requestHandler(request -> {
                    HttpServerResponse response = request.response();
                    response.endHandler(_ -> answered(request));
                    if (request.version() == HttpVersion.HTTP_1_0) {
                        response.headersEndHandler(
                                _ -> response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
                    }
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

    /** The end of an answer to HTTP/1.0 is that of its connection; so is that of one whose request is still coming in. */
    private static void answered(HttpServerRequest request) {
        Http1xServerConnection http = (Http1xServerConnection) request.connection();
        if (http.channelHandlerContext().pipeline().get(STRICT) instanceof StrictWire strict) {
            strict.answered(http.channelHandlerContext().executor().ticker().nanoTime());
        }
        if (!request.isEnded() || request.version() == HttpVersion.HTTP_1_0) {
            http.close();
        }
    }

    private static Fault fault(HttpServerRequest request) {
        return request.decoderResult().cause() instanceof RefusedHead refused
                ? refused.fault()
                : Fault.of(Reason.INVALID_REQUEST, "this is no HTTP request that can be read in one way");
    }
}
