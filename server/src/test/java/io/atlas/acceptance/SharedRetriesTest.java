package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A library that tries again costs once, and storms are counted, to whichever of the gateways over one Redis it comes. */
@Timeout(120)
class SharedRetriesTest extends TwoGateways {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRetryGetsTheAnswerThatAnotherNodeHasGiven(boolean streamed) throws Exception {
        Chat chat = streamed ? chat("echo").streamed() : chat("echo");
        Reply first = one.chat(counted(0), chat).expect(200);

        Reply retry = two.chat(counted(1), chat).expect(200);

        assertThat(retry.body()).isEqualTo(first.body());
        assertThat(retry.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(retry.header("idempotent-replayed")).isEqualTo("true");
        assertThat(retry.header("x-atlas-model")).isEqualTo("echo");
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
        JsonNode receipt = two.get(KEY, "/v1/decisions/" + retry.header("x-atlas-decision"))
                .expect(200)
                .json();
        assertThat(receipt.path("steps").path(0).path("of").asString()).isEqualTo(first.header("x-atlas-decision"));
        assertThat(receipt.path("cost_nano_usd").asLong(-1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRetryJoinsTheOneThatIsOnItsWayOnAnotherNode(boolean streamed) throws Exception {
        Chat chat = streamed ? chat("slow-20-50").streamed() : chat("slow-20-50");
        CompletableFuture<Reply> first = one.chatLater(counted(0), chat);
        oracle.journal().await(chat.mark(), PATIENCE);

        List<Reply> all = Stream.of(first, two.chatLater(counted(1), chat), two.chatLater(counted(2), chat))
                .map(CompletableFuture::join)
                .toList();

        assertThat(all).allMatch(reply -> reply.status() == 200);
        assertThat(all.stream().map(Reply::body).distinct()).hasSize(1);
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void aLibraryThatGaveUpTooEarlyIsServedByItsRetryOnAnotherNode() throws Exception {
        Chat chat = chat("slow-20-50");
        CompletableFuture<Reply> first = one.chatLater(counted(0), chat);
        Entry entry = oracle.journal().await(chat.mark(), PATIENCE);
        first.cancel(true);

        two.chat(counted(1), chat).expect(200);

        assertThat(entry.awaitEnding(PATIENCE)).isEqualTo(Entry.Ending.FINISHED);
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void aRetryOfOneOfTwoQuestionsIsServedForItself() throws Exception {
        Chat chat = chat("echo");
        one.chat(counted(0), chat).expect(200);
        Chat other = chat("echo");
        one.chat(counted(0), other).expect(200);
        one.chat(counted(0), other).expect(200);

        two.chat(counted(0), chat).expect(200);

        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
        two.chat(counted(1), other).expect(200);
        assertThat(oracle.journal().of(other.mark())).hasSize(2);
    }

    @Test
    void whatIsTooLargeForOthersIsServedForItself() throws Exception {
        Chat chat = chat("words-20000").streamed();
        one.chat(counted(0), chat).expect(200);

        two.chat(counted(1), chat).expect(200);

        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
    }

    @Test
    void aStormIsCountedOverAllNodes() throws Exception {
        Chat chat = chat("error-500");
        List<RunningAtlas> nodes = List.of(one, two);
        int tries = 0;
        Reply reply = one.chat(KEY, chat);
        while (reply.status() == 502) {
            tries++;
            reply = nodes.get(tries % 2).chat(KEY, chat);
        }

        assertThat(reply.expect(429).code()).isEqualTo("retry_storm");
        // Each node for itself would let three pass; one try may be counted a moment too late.
        assertThat(tries).isBetween(3, 4);
        assertThat(oracle.journal().of(chat.mark())).hasSize(tries);
    }

    @Test
    void whileRedisIsAwayEachNodeIsAloneAndNobodyFails() throws Exception {
        Chat chat = chat("echo");
        one.chat(counted(0), chat).expect(200);
        redis.kill();

        two.chat(counted(1), chat).expect(200);
        two.chat(counted(2), chat).expect(200);

        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
    }

    private static Map<String, String> counted(int retries) {
        return Map.of("authorization", "Bearer " + KEY, "x-stainless-retry-count", Integer.toString(retries));
    }
}
