package io.atlas.testing;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** What the upstream knows of one request. It grows while the request is answered, and may be read from any thread. */
public final class Entry {
    /** How a request ended. */
    public enum Ending {
        /** All of the answer was handed to the socket. */
        FINISHED,
        /** It was answered with an error. */
        FAILED,
        /** The upstream reset the connection on purpose. */
        CUT,
        /** The client closed the connection before the end of the answer. */
        LEFT
    }

    private final String mark;
    private final Map<String, String> headers;
    private final String body;
    private final long promptTokens;
    private final long receivedNanos = System.nanoTime();
    private final AtomicLong completionTokens = new AtomicLong();
    private final AtomicLong reportedTokens = new AtomicLong();
    private final AtomicLong endedNanos = new AtomicLong();
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final CountDownLatch left = new CountDownLatch(1);

    Entry(String mark, Map<String, String> headers, String body, long promptTokens) {
        this.mark = mark;
        this.headers = Map.copyOf(headers);
        this.body = body;
        this.promptTokens = promptTokens;
    }

    /** By what a test finds it: the header {@code x-oracle-id}, else the body's {@code user} or {@code metadata.oracle_id}. */
    public String mark() {
        return mark;
    }

    /** The headers as received, their names in lower case. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The body as received. */
    public String body() {
        return body;
    }

    /** The words of all contents, which no tokenizer would find fewer tokens in. */
    public long promptTokens() {
        return promptTokens;
    }

    /** The tokens given so far, over all choices. */
    public long completionTokens() {
        return completionTokens.get();
    }

    /** The tokens of output that the last usage sent to the client claimed; 0 where none was sent. */
    public long reportedTokens() {
        return reportedTokens.get();
    }

    /** How it ended, once it has. */
    public Optional<Ending> ending() {
        return Optional.ofNullable(ending.getNow(null));
    }

    /** From its receipt to its end, or to the moment the client was seen to leave; empty while it runs. */
    public Optional<Duration> took() {
        return ending().map(_ -> Duration.ofNanos(endedNanos.get() - receivedNanos));
    }

    /** How it ended, waiting for that as long as {@code patience} lasts. */
    public Ending awaitEnding(Duration patience) throws InterruptedException {
        try {
            return ending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException still) {
            throw new AssertionError(mark + ": still open after " + patience, still);
        }
    }

    void gave(long tokens) {
        completionTokens.addAndGet(tokens);
    }

    void reported(long tokens) {
        reportedTokens.set(tokens);
    }

    /** The first ending counts. */
    void end(Ending how) {
        synchronized (ending) {
            if (!ending.isDone()) {
                endedNanos.set(System.nanoTime());
                ending.complete(how);
            }
        }
        if (how == Ending.LEFT) {
            left.countDown();
        }
    }

    /** Waits that long; true if the client has left meanwhile. */
    boolean leftWithin(Duration pause) throws InterruptedException {
        return left.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    void awaitLeaving() throws InterruptedException {
        left.await();
    }
}
