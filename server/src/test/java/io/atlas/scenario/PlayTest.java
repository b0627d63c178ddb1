package io.atlas.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.time.TimeSource;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A play says what its clients have measured, against a server that counts for itself. */
@Timeout(60)
class PlayTest {
    private static final Script SCRIPT = new Script(
            List.of(
                    Part.steady("slow", Duration.ofMillis(100)),
                    Part.steady("cut", Duration.ofMillis(100)),
                    Part.noisy("loud", Duration.ofMillis(100), Duration.ofMillis(10))),
            List.of(
                    new Act("warm-up", Act.Mood.UNTOLD, Duration.ofMillis(300)),
                    new Act("calm", Act.Mood.CALM, Duration.ofMillis(500)),
                    new Act("noise", Act.Mood.NOISY, Duration.ofMillis(500)),
                    new Act("calm again", Act.Mood.CALM, Duration.ofMillis(500))));

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Watcher watcher = new Watcher();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void everyRequestIsCountedForWhatBecameOfIt() throws Exception {
        try (Play _ = play(SCRIPT)) {
            Review.Line slow = watcher.of("slow");
            assertThat(slow.calm().asked()).isEqualTo(10);
            assertThat(slow.noise().asked()).isEqualTo(5);
            assertThat(slow.calm().served()).isEqualTo(10);
            assertThat(slow.calm().firstToken().p50Nanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(50));
            assertThat(slow.calm().total().p50Nanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(100));

            Review.Line loud = watcher.of("loud");
            assertThat(loud.noise().asked()).isEqualTo(50);
            assertThat(loud.noise().refused())
                    .isEqualTo(Map.of("rate_limit_exceeded", loud.noise().asked()));
            assertThat(loud.noise().served()).isZero();

            Review.Line cut = watcher.of("cut");
            assertThat(cut.calm().broken()).isEqualTo(10);
            assertThat(cut.calm().served()).isZero();

            assertThat(asked.get("Bearer slow")).hasValue(3 + 10 + 5);
            assertThat(asked.get("Bearer loud"))
                    .hasValue(3 + 10 + (int) loud.noise().asked());
        }
    }

    @Test
    void theFramesSayWhatIsLeftAndHowFastItGoes() throws Exception {
        try (Play _ = play(SCRIPT)) {
            watcher.of("slow");
        }

        Frame noise = watcher.frames.stream()
                .filter(frame -> frame.act().title().equals("noise"))
                .toList()
                .getLast();
        assertThat(noise.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        assertThat(noise.rows()).extracting(Frame.Row::tenant).containsExactly("slow", "cut", "loud");
        assertThat(noise.rows().getFirst().tokensLeft()).hasValue(1_234);
        assertThat(noise.rows().getFirst().requestsLeft()).hasValue(5);
        assertThat(noise.rows().getLast().tokensLeft()).isEmpty();
        assertThat(noise.rows().getLast().rates().asked()).isBetween(20.0, 110.0);
    }

    @Test
    void aPlayThatIsBrokenOffAsksNoMoreAndIsNotReviewed() throws Exception {
        Script endless = new Script(SCRIPT.parts(), List.of(new Act("calm", Act.Mood.CALM, Duration.ofHours(1))));

        Play play = play(endless);
        assertThat(watcher.frames.poll(20, TimeUnit.SECONDS)).isNotNull();
        play.close();
        play.close();

        int then = count();
        vertx.timer(300, TimeUnit.MILLISECONDS)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        assertThat(count()).isEqualTo(then);
        assertThat(watcher.review).isNotDone();
    }

    private int count() {
        return asked.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    private Play play(Script script) throws Exception {
        HttpServer server = Objects.requireNonNull(vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS));
        URI address = URI.create("http://127.0.0.1:" + server.actualPort());
        Map<String, String> keys = Map.of("slow", "slow", "cut", "cut", "loud", "loud");
        return Play.begin(script, watcher, address, keys, TimeSource.system());
    }

    /** Answers by the key: late and in order, without an end, or with a refusal. */
    private void answer(HttpServerRequest request) {
        String key = Objects.requireNonNullElse(request.getHeader("Authorization"), "");
        asked.computeIfAbsent(key, _ -> new AtomicInteger()).incrementAndGet();
        HttpServerResponse response = request.response();
        switch (key) {
            case "Bearer slow" -> {
                response.putHeader("x-ratelimit-remaining-tokens", "1234");
                response.putHeader("x-ratelimit-remaining-requests", "5");
                response.setChunked(true);
                vertx.setTimer(60, _ -> response.write("data: {\"choices\":[]}\n\n"));
                vertx.setTimer(120, _ -> response.end("data: [DONE]\n\n"));
            }
            case "Bearer cut" -> response.end("data: {\"choices\":[]}\n\n");
            default -> response.setStatusCode(429).end("{\"error\":{\"code\":\"rate_limit_exceeded\"}}");
        }
    }
}
