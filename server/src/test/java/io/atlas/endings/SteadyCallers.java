package io.atlas.endings;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers at a fixed rate, and streams of which so many are always open, all on one event loop: light enough to leave a small
 * machine to those whom they ask.
 */
final class SteadyCallers implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 4_000;
    private static final long TICK_MILLIS = 5;

    /** Before the balancer closes a connection that is idle. */
    private static final int IDLE_SECONDS = 30;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient(
            new HttpClientOptions().setKeepAliveTimeout(IDLE_SECONDS),
            new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS).setMaxWaitQueueSize(0));
    private final RequestOptions where;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong streams = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger fewest = new AtomicInteger(Integer.MAX_VALUE);
    private volatile boolean going;
    private volatile long begunNanos;
    private volatile long endedNanos;
    private long asked;

    /**
     * What they ask.
     *
     * @param rate requests in a second
     * @param end what a whole answer has in it
     * @param streamEnd what a whole stream has in it
     */
    record Load(int rate, String request, String end, int streams, String stream, String streamEnd) {}

    SteadyCallers(int port, String key) {
        where = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/v1/chat/completions")
                .putHeader("authorization", "Bearer " + key)
                .putHeader("content-type", "application/json");
    }

    /** Whether one request is served. */
    boolean served(String request) throws Exception {
        return ask(request)
                .map(answer -> answer.status == 200)
                .otherwise(false)
                .toCompletionStage()
                .toCompletableFuture()
                .get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    void begin(Load load) {
        going = true;
        begunNanos = System.nanoTime();
        vertx.runOnContext(_ -> {
            for (int i = 0; i < load.streams; i++) {
                stream(load);
            }
            vertx.setPeriodic(TICK_MILLIS, timer -> {
                if (going) {
                    tick(load);
                } else {
                    vertx.cancelTimer(timer);
                }
            });
        });
    }

    /** However long each takes: what was not asked in time is asked at once. */
    private void tick(Load load) {
        long elapsed = System.nanoTime() - begunNanos;
        long due = elapsed * load.rate / TimeUnit.SECONDS.toNanos(1);
        for (; asked < due; asked++) {
            ask(load.request).onComplete(answer -> judge(answer, load.end, requests));
        }
        if (elapsed > TimeUnit.SECONDS.toNanos(1)) {
            fewest.accumulateAndGet(open.get(), Math::min);
        }
    }

    /** One stream after the other. */
    private void stream(Load load) {
        open.incrementAndGet();
        ask(load.stream).onComplete(answer -> {
            open.decrementAndGet();
            judge(answer, load.streamEnd, streams);
            if (going) {
                stream(load);
            }
        });
    }

    private void judge(AsyncResult<Answer> answer, String end, AtomicLong whole) {
        if (answer.failed()) {
            failures.add(answer.cause().toString());
        } else if (answer.result().status == 200 && answer.result().body.contains(end)) {
            whole.incrementAndGet();
        } else {
            failures.add(answer.result().toString());
        }
    }

    private record Answer(int status, String body) {}

    private Future<Answer> ask(String body) {
        return client.request(where)
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(response -> response.body().map(read -> new Answer(response.statusCode(), read.toString())));
    }

    /** Asks no more; what is on its way ends, and counts. */
    void stop() throws Exception {
        endedNanos = System.nanoTime();
        going = false;
        Await.until("the last streams end", () -> open.get() == 0);
    }

    long requests() {
        return requests.get();
    }

    long streams() {
        return streams.get();
    }

    /** What was reached of the rate, from the beginning to the stop. */
    long requestsPerSecond() {
        return requests.get() * TimeUnit.SECONDS.toNanos(1) / (endedNanos - begunNanos);
    }

    /** The fewest streams that were open at once, but for the first second. */
    int fewestStreams() {
        return fewest.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        going = false;
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
