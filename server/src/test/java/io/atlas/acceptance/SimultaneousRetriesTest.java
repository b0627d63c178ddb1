package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.atlas.endings.AtlasProcess;
import io.atlas.endings.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of the same request that comes to two gateways over one Redis at the same moment one is served and charged. */
@Timeout(180)
class SimultaneousRetriesTest extends TwoGateways {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int PAIRS = 200;
    private static final int ROUNDS = 5;
    private static final Map<String, String> RETRY =
            Map.of("authorization", "Bearer " + KEY, "x-stainless-retry-count", "1");

    private long chargedBefore;
    private long replayedBefore;

    private record Pair(Chat chat, CompletableFuture<Reply> here, CompletableFuture<Reply> there) {
        List<Reply> replies() {
            return List.of(here.join(), there.join());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofTwoMarkedRetriesAtOnceOneIsServedAndBothAreAnswered(boolean streamed) throws Exception {
        List<Pair> pairs = pairs(streamed, _ -> RETRY);

        for (Pair pair : pairs) {
            assertThat(pair.replies()).allMatch(reply -> reply.status() == 200);
            assertThat(oracle.journal().of(pair.chat.mark())).hasSize(1);
            assertThat(pair.there.join().body()).isEqualTo(pair.here.join().body());
            assertThat(pair.replies())
                    .filteredOn(reply -> reply.maybe("idempotent-replayed").isPresent())
                    .hasSize(1);
        }
        assertThat(total("charged_requests") - chargedBefore).isEqualTo(PAIRS);
        assertThat(total("replayed") - replayedBefore).isEqualTo(PAIRS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofTwoOfOneNameAtOnceOneIsServedAndTheOtherGetsItsAnswerWithHisNextTry(boolean streamed) throws Exception {
        List<Pair> pairs = pairs(streamed, SimultaneousRetriesTest::named);

        for (Pair pair : pairs) {
            assertThat(pair.replies()).anyMatch(reply -> reply.status() == 200);
            assertThat(pair.replies())
                    .allMatch(reply -> reply.status() == 200 || reply.code().equals("idempotency_in_flight"));
            for (RunningAtlas node : List.of(one, two)) {
                assertThat(settled(node, pair.chat).expect(200).body())
                        .isEqualTo(served(pair).body());
            }
            assertThat(oracle.journal().of(pair.chat.mark())).hasSize(1);
        }
        assertThat(total("charged_requests") - chargedBefore).isEqualTo(PAIRS);
    }

    @Test
    void whereTheNodeThatServesOneDiesOneOfTheOthersTakesOver() throws Exception {
        Chat chat = chat("slow-60-100");
        AtlasProcess dying = process("dying");
        try (HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<?> first = client.sendAsync(retry(dying, chat), BodyHandlers.discarding());
            oracle.journal().await(chat.mark(), PATIENCE);
            Pair pair = pair(chat, RETRY);

            dying.kill();

            assertThat(first).failsWithin(PATIENCE);
            assertThat(pair.replies()).allMatch(reply -> reply.status() == 200);
            assertThat(pair.there.join().body()).isEqualTo(pair.here.join().body());
            assertThat(oracle.journal().of(chat.mark())).hasSize(2);
        }
    }

    private static HttpRequest retry(AtlasProcess node, Chat chat) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.port() + "/v1/chat/completions"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(chat.body()));
        RETRY.forEach(request::setHeader);
        return request.build();
    }

    /**
     * All at once: half of them are answered at once, too, and half within a second. A busy machine may take Redis for away;
     * then others are asked.
     */
    private List<Pair> pairs(boolean streamed, Function<Chat, Map<String, String>> headers) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Await.until("Redis is there", () -> there(one) && there(two));
            chargedBefore = total("charged_requests");
            replayedBefore = total("replayed");
            List<Pair> pairs = new ArrayList<>();
            try (LoggedLines lines = LoggedLines.of("io.atlas.store.share", Level.WARN)) {
                for (int i = 0; i < PAIRS; i++) {
                    Chat chat = chat(i % 2 == 0 ? "echo" : "slow-20-50");
                    pairs.add(pair(streamed ? chat.streamed() : chat, headers.apply(chat)));
                }
                pairs.forEach(Pair::replies);
                if (lines.lines().isEmpty()) {
                    return pairs;
                }
            }
        }
        throw new AssertionError("Redis was taken for away in each of " + ROUNDS + " rounds");
    }

    private static boolean there(RunningAtlas node) throws Exception {
        return !node.get(KEY, "/readyz").body().contains("away");
    }

    private Pair pair(Chat chat, Map<String, String> headers) {
        return new Pair(chat, one.chatLater(headers, chat), two.chatLater(headers, chat));
    }

    private static Reply served(Pair pair) {
        return pair.replies().stream()
                .filter(reply -> reply.status() == 200)
                .findFirst()
                .orElseThrow();
    }

    /** What is on its way to Redis when the answer's last byte is read is there a moment later. */
    private static Reply settled(RunningAtlas node, Chat chat) throws Exception {
        AtomicReference<Reply> last = new AtomicReference<>(node.chat(named(chat), chat));
        Await.until("it is not on its way", () -> {
            if (last.get().status() == 409) {
                last.set(node.chat(named(chat), chat));
            }
            return last.get().status() != 409;
        });
        return last.get();
    }

    private long total(String what) throws Exception {
        long sum = 0;
        for (RunningAtlas node : List.of(one, two)) {
            sum += node.admin("/admin/v1/usage")
                    .expect(200)
                    .json()
                    .path("total")
                    .path(what)
                    .asLong(-1);
        }
        return sum;
    }

    private static Map<String, String> named(Chat chat) {
        return Map.of("authorization", "Bearer " + KEY, "idempotency-key", chat.mark());
    }
}
