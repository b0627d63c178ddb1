package io.atlas.alert.webhook;

import io.atlas.alert.Alert;
import io.atlas.alert.Attempt;
import io.atlas.alert.Webhook;
import io.atlas.time.RetryTime;
import io.atlas.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Sends an alert once: signed, to that address and no other, and waits for no more than the status of the answer. */
final class Post implements AutoCloseable {
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final TimeSource time;
    private final Duration patience;
    private Optional<HttpClient> client = Optional.empty();

    Post(TimeSource time, Duration patience) {
        this.time = time;
        this.patience = patience;
    }

    /** Made at the first use: it has a thread of its own, and most gateways tell nobody. */
    private synchronized HttpClient client() {
        HttpClient made = client.orElseGet(() -> HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(patience)
                .build());
        client = Optional.of(made);
        return made;
    }

    /**
     * What came of it. Nothing of the address is in it.
     *
     * @param againMillis when the receiver asks to be told again, if it does
     */
    record Sent(Attempt attempt, OptionalLong againMillis) {}

    /** Sends it. */
    Sent send(Webhook webhook, Alert alert) throws InterruptedException {
        long atMicros = time.epochMicros();
        long begun = time.nanos();
        try {
            HttpResponse<?> answer =
                    client().send(request(webhook, alert, atMicros / MICROS_PER_SECOND), _ -> new Unread());
            OptionalLong again = answer.headers()
                    .firstValue("retry-after")
                    .map(text -> RetryTime.millis(text, time.epochMicros()))
                    .orElse(OptionalLong.empty());
            return new Sent(
                    new Attempt(atMicros, tookMicros(begun), OptionalInt.of(answer.statusCode()), Optional.empty()),
                    again);
        } catch (IOException e) {
            return new Sent(
                    new Attempt(atMicros, tookMicros(begun), OptionalInt.empty(), Optional.of(word(e))),
                    OptionalLong.empty());
        }
    }

    private long tookMicros(long begun) {
        return TimeUnit.NANOSECONDS.toMicros(time.nanos() - begun);
    }

    private HttpRequest request(Webhook webhook, Alert alert, long epochSeconds) {
        return HttpRequest.newBuilder(webhook.url())
                .timeout(patience)
                .header("content-type", "application/json")
                .header("user-agent", "Atlas")
                .header("webhook-id", alert.id())
                .header("webhook-timestamp", Long.toString(epochSeconds))
                .header("webhook-signature", Signature.of(webhook.secrets(), alert.id(), epochSeconds, alert.body()))
                .POST(BodyPublishers.ofString(alert.body()))
                .build();
    }

    private static String word(IOException e) {
        return switch (e) {
            case HttpTimeoutException _ -> "timeout";
            case ConnectException _ -> "not_reached";
            case SSLException _ -> "tls";
            default -> "broken_off";
        };
    }

    @Override
    public synchronized void close() {
        client.ifPresent(HttpClient::shutdownNow);
    }

    /** A body that nobody wants: it is not read, and its connection is given up for it. */
    private static final class Unread implements BodySubscriber<Boolean> {
        @Override
        public CompletionStage<Boolean> getBody() {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void onSubscribe(Subscription body) {
            body.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> piece) {
            // What was on its way when it was given up.
        }

        @Override
        public void onError(Throwable cause) {
            // That the connection is given up is no news.
        }

        @Override
        public void onComplete() {
            // An answer without a body.
        }
    }
}
