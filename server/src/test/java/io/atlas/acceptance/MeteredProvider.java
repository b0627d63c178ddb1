package io.atlas.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A provider that allows so many tokens a minute, by a plain running sum, and refuses the rest with 429. It counts a prompt of ten tokens and all of {@code max_tokens} when a request comes, writes as much, and says
 * with each answer what is left.
 */
final class MeteredProvider implements AutoCloseable {
    private static final Pattern MAX_TOKENS = Pattern.compile("\"max_(?:completion_)?tokens\"\\s*:\\s*(\\d+)");
    private static final long PROMPT_TOKENS = 10;
    private static final double NANOS_PER_MINUTE = 60e9;

    /** How it counts, and whether it tells with each answer how much is left. */
    enum Manner {
        /** Its sum refills all the time, and it tells. */
        TELLS,
        /** Its sum refills all the time. */
        IS_SILENT,
        /** Its sum begins anew each minute, and it tells, but not when. */
        BEGINS_ANEW
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final double tokensPerMinute;
    private final Manner manner;
    private double left;
    private long atNanos = System.nanoTime();
    private long counted;
    private int served;
    private int refused;

    private MeteredProvider(HttpServer server, long tokensPerMinute, Manner manner) {
        this.server = server;
        this.tokensPerMinute = tokensPerMinute;
        this.left = tokensPerMinute;
        this.manner = manner;
    }

    static MeteredProvider start(long tokensPerMinute, Manner manner) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
            MeteredProvider provider = new MeteredProvider(server, tokensPerMinute, manner);
            server.setExecutor(provider.threads);
            server.createContext("/v1/", provider::answer);
            server.start();
            return provider;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    synchronized long counted() {
        return counted;
    }

    synchronized int served() {
        return served;
    }

    synchronized int refused() {
        return refused;
    }

    /** Others have used so many tokens of the same quota. */
    synchronized void usedElsewhere(long tokens) {
        refill();
        left -= tokens;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Matcher most = MAX_TOKENS.matcher(body);
        long output = most.find() ? Long.parseLong(most.group(1)) : 16;
        boolean taken = take(PROMPT_TOKENS + output);
        if (taken) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        String text = taken
                ? """
                {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",\
                "content":"well"},"finish_reason":"length"}],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}""".formatted(PROMPT_TOKENS, output, PROMPT_TOKENS + output)
                : "{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}";
        send(exchange, taken ? 200 : 429, text);
    }

    private synchronized boolean take(long tokens) {
        refill();
        if (left < tokens) {
            refused++;
            return false;
        }
        left -= tokens;
        counted += tokens;
        served++;
        return true;
    }

    private void refill() {
        long now = System.nanoTime();
        if (manner != Manner.BEGINS_ANEW) {
            left = Math.min(tokensPerMinute, left + tokensPerMinute * (now - atNanos) / NANOS_PER_MINUTE);
            atNanos = now;
        } else if (now - atNanos >= NANOS_PER_MINUTE) {
            left = tokensPerMinute;
            atNanos = now;
        }
    }

    private synchronized void tell(HttpExchange exchange) {
        refill();
        long seconds = (long) Math.ceil((tokensPerMinute - left) / tokensPerMinute * 60);
        exchange.getResponseHeaders().set("x-ratelimit-limit-tokens", Long.toString((long) tokensPerMinute));
        exchange.getResponseHeaders().set("x-ratelimit-remaining-tokens", Long.toString(Math.max(0, (long) left)));
        if (manner == Manner.TELLS) {
            exchange.getResponseHeaders().set("x-ratelimit-reset-tokens", seconds + "s");
        }
    }

    private void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        if (manner != Manner.IS_SILENT) {
            tell(exchange);
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
