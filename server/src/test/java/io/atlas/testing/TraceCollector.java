package io.atlas.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A collector that takes traces by OTLP over HTTP, and keeps them. May be read from any thread. */
public final class TraceCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Sent> spans = new ArrayList<>();
    private final StringBuilder bytes = new StringBuilder();
    private final List<Map<String, List<String>>> headers = new ArrayList<>();

    /** A span as it was sent; times in nanoseconds of the epoch, ids in hexadecimal. */
    public record Sent(
            String traceId,
            String spanId,
            String parentId,
            String name,
            Kind kind,
            long startNanos,
            long endNanos,
            Map<String, Object> attributes) {
        /** What of a kind it is. */
        public enum Kind {
            SERVER,
            CLIENT,
            INTERNAL
        }

        /** The attribute as text. */
        public String text(String name) {
            return String.valueOf(attributes.get(name));
        }

        /** Whether it says that it is an error. */
        public static final String ERROR = "status.error";
    }

    private TraceCollector(HttpServer server) {
        this.server = server;
    }

    /** A collector on a free port of the loopback. */
    public static TraceCollector start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            TraceCollector collector = new TraceCollector(server);
            server.createContext("/v1/traces", collector::take);
            server.start();
            return collector;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Where it listens. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All that was sent so far, in the order in which it came. */
    public synchronized List<Sent> spans() {
        return List.copyOf(spans);
    }

    /** All bodies that were sent so far, each byte a character. */
    public synchronized String bytes() {
        return bytes.toString();
    }

    /** The headers of each body. */
    public synchronized List<Map<String, List<String>>> headers() {
        return List.copyOf(headers);
    }

    /** The spans of that trace, once there are so many. */
    public synchronized List<Sent> await(String traceId, int count) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        List<Sent> found = of(traceId);
        while (found.size() < count) {
            long rest = deadline - System.nanoTime();
            if (rest <= 0) {
                throw new AssertionError(traceId + ": " + found);
            }
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(rest)));
            found = of(traceId);
        }
        return found;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private List<Sent> of(String traceId) {
        return spans.stream().filter(span -> span.traceId.equals(traceId)).toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        ExportTraceServiceRequest sent = ExportTraceServiceRequest.parseFrom(body);
        synchronized (this) {
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            bytes.append(new String(body, StandardCharsets.ISO_8859_1));
            for (ResourceSpans resource : sent.getResourceSpansList()) {
                for (ScopeSpans scope : resource.getScopeSpansList()) {
                    scope.getSpansList().forEach(span -> spans.add(sent(span)));
                }
            }
            notifyAll();
        }
        byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
        exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
        exchange.close();
    }

    private static Sent sent(Span span) {
        HexFormat hex = HexFormat.of();
        Map<String, Object> attributes = new TreeMap<>();
        for (KeyValue attribute : span.getAttributesList()) {
            attributes.put(attribute.getKey(), value(attribute.getValue()));
        }
        if (span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR) {
            attributes.put(Sent.ERROR, true);
        }
        Sent.Kind kind = switch (span.getKind()) {
            case SPAN_KIND_SERVER -> Sent.Kind.SERVER;
            case SPAN_KIND_CLIENT -> Sent.Kind.CLIENT;
            default -> Sent.Kind.INTERNAL;
        };
        return new Sent(
                hex.formatHex(span.getTraceId().toByteArray()),
                hex.formatHex(span.getSpanId().toByteArray()),
                hex.formatHex(span.getParentSpanId().toByteArray()),
                span.getName(),
                kind,
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                attributes);
    }

    private static Object value(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            default -> value.toString();
        };
    }
}
