package io.atlas.bench;

import io.atlas.bench.load.Target;
import io.atlas.time.TimeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Callers in turn of several tenants: each asks again when it is answered, or all ask whether they are answered or not. */
final class Flood implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TimeSource time = TimeSource.system();
    private final JsonMapper json = new JsonMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Target> targets;

    Flood(List<Target> targets) {
        this.targets = targets;
    }

    /** What came of a request. */
    enum Ended {
        SERVED,
        /** Refused, as there is too much to do. */
        REFUSED,
        /** The same, after it had waited: somebody came who had less in the queue. */
        DISPLACED,
        /** Something else, or nothing. */
        WRONG
    }

    /**
     * The end of a request.
     *
     * @param atNanos after the start of the stretch
     * @param tookNanos from the moment at which it was to be asked
     */
    record Reply(Ended ended, long atNanos, long tookNanos) {}

    /** So many callers, each of whom asks again as soon as it is answered. */
    List<Reply> closed(int callers, Duration duration) {
        long start = time.nanos();
        List<List<Reply>> replies = IntStream.range(0, callers)
                .<List<Reply>>mapToObj(_ -> new ArrayList<>())
                .toList();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            done.add(again(caller, replies.get(caller), start, start + duration.toNanos()));
        }
        done.forEach(CompletableFuture::join);
        return replies.stream().flatMap(List::stream).toList();
    }

    private CompletableFuture<Void> again(int caller, List<Reply> replies, long start, long end) {
        return ask(replies.size() * targets.size() + caller, start, time.nanos())
                .thenCompose(reply -> {
                    replies.add(reply);
                    return time.nanos() >= end
                            ? CompletableFuture.<Void>completedFuture(null)
                            : again(caller, replies, start, end);
                });
    }

    /** So many requests a second, at fixed moments. */
    List<Reply> open(double perSecond, Duration duration) {
        long start = time.nanos();
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (int i = 0; i < perSecond * duration.toNanos() / 1e9; i++) {
            long due = start + (long) (i * 1e9 / perSecond);
            for (long left = due - time.nanos(); left > 0; left = due - time.nanos()) {
                LockSupport.parkNanos(left);
            }
            asked.add(ask(i, start, due));
        }
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<Reply> ask(int number, long start, long due) {
        Target target = targets.get(number % targets.size());
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + target.port() + "/v1/chat/completions"))
                .header("content-type", "application/json")
                .header("authorization", "Bearer " + target.key())
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"small\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"question "
                                + number + "\"}]}"))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((answer, failure) -> {
            long now = time.nanos();
            return new Reply(failure == null ? ended(answer) : Ended.WRONG, now - start, now - due);
        });
    }

    private Ended ended(HttpResponse<String> answer) {
        if (answer.statusCode() == 200) {
            return Ended.SERVED;
        }
        JsonNode error = json.readTree(answer.body()).path("error");
        if (answer.statusCode() != 503 || !error.path("code").asString("").equals("overloaded")) {
            return Ended.WRONG;
        }
        return error.path("message").asString("").contains("others have less") ? Ended.DISPLACED : Ended.REFUSED;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
