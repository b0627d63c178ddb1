package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A named request costs once, on whichever of the gateways over one Redis it comes again. */
@Timeout(120)
class SharedAnswersTest extends TwoGateways {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherNodeGivesTheAnswerAgain(boolean streamed) throws Exception {
        Chat chat = streamed ? chat("echo").streamed() : chat("echo");
        Reply first = one.chat(named("again"), chat).expect(200);

        Reply second = eventually(two, named("again"), chat);

        assertThat(second.expect(200).body()).isEqualTo(first.body());
        assertThat(second.header("idempotent-replayed")).isEqualTo("true");
        assertThat(second.header("x-atlas-model")).isEqualTo("echo");
        assertThat(second.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void whatIsOnItsWayOnAnotherNodeIsNotServedTwice() throws Exception {
        Chat chat = chat("slow-20-50");
        CompletableFuture<Reply> first = one.chatLater(named("elsewhere"), chat);
        oracle.journal().await(chat.mark(), PATIENCE);

        Reply second = two.chat(named("elsewhere"), chat).expect(409);

        assertThat(second.code()).isEqualTo("idempotency_in_flight");
        assertThat(second.header("retry-after")).isEqualTo("1");
        assertThat(second.header("x-should-retry")).isEqualTo("true");
        first.join().expect(200);
        eventually(two, named("elsewhere"), chat).expect(200);
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void aNameIsOfOneBodyOnAllNodes() throws Exception {
        one.chat(named("one-body"), chat("echo")).expect(200);

        assertThat(eventually(two, named("one-body"), chat("echo")).expect(422).code())
                .isEqualTo("idempotency_mismatch");
    }

    @Test
    void aFailureIsNotRememberedByAnyNode() throws Exception {
        Chat chat = chat("error-500");
        one.chat(named("failure"), chat).expect(502);

        eventually(two, named("failure"), chat).expect(502);

        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
    }

    @Test
    void ofAnAnswerThatIsTooLargeAllNodesKnowThatItWasGiven() throws Exception {
        Chat chat = chat("words-20000").streamed();
        one.chat(named("large"), chat).expect(200);

        assertThat(eventually(two, named("large"), chat).expect(409).body()).contains("use another key");
        assertThat(oracle.journal().of(chat.mark())).hasSize(1);
    }

    @Test
    void anAnswerGivenAgainIsNoRequestToABackend() throws Exception {
        Chat chat = chat("echo");
        one.chat(named("usage"), chat).expect(200);
        eventually(two, named("usage"), chat).expect(200);
        one.chat(named("usage"), chat).expect(200);
        one.chat(named("usage"), chat("echo")).expect(422);

        JsonNode total = one.admin("/admin/v1/usage").expect(200).json().path("total");

        assertThat(total.path("requests").asLong(-1)).isEqualTo(1);
        assertThat(total.path("charged_requests").asLong(-1)).isEqualTo(1);
        assertThat(total.path("replayed").asLong(-1)).isEqualTo(1);
        assertThat(total.path("refused").asLong(-1)).isEqualTo(1);
    }

    @Test
    void whileRedisIsAwayEachNodeKeepsItsOwn() throws Exception {
        redis.kill();
        Chat chat = chat("echo");
        Reply first = one.chat(named("away"), chat).expect(200);

        assertThat(one.chat(named("away"), chat).expect(200).body()).isEqualTo(first.body());
        two.chat(named("away"), chat).expect(200);

        assertThat(oracle.journal().of(chat.mark())).hasSize(2);
    }

    /** What is on its way to Redis when the answer's last byte is read is there a moment later. */
    private static Reply eventually(RunningAtlas node, Map<String, String> headers, Chat chat) throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Reply reply = node.chat(headers, chat);
            if (!reply.maybe("retry-after").equals(Optional.of("1")) || System.nanoTime() > until) {
                return reply;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Map<String, String> named(String name) {
        return Map.of("authorization", "Bearer " + KEY, "idempotency-key", name);
    }
}
