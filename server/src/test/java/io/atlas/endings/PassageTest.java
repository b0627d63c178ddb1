package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Question.Delivery;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a stream comes through, and when. */
@Timeout(120)
class PassageTest {
    @TempDir
    static Path folder;

    private static final OracleUpstream ORACLE = OracleUpstream.start();
    private static House house;

    @BeforeAll
    static void open() {
        house = House.open(
                folder.resolve("data"),
                List.of(House.backend("openai", "openai", ORACLE, ""), House.backend("vllm", "vllm", ORACLE, "")),
                House.models(List.of("openai", "vllm"), List.of("words-8", "stall-5", "tool")));
    }

    @AfterAll
    static void close() {
        house.close();
        ORACLE.close();
    }

    @AfterEach
    void nothingIsHeld() throws Exception {
        house.desk().awaitNothingHeld();
    }

    @Test
    void everyWordIsThereBeforeTheNextIsMade() throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/stall-5", customer.tenant()).streamed();
        try (Conversation caller = customer.converse(question)) {
            assertThat(caller.words(5)).hasSize(5);
            Entry entry = ORACLE.journal().await(customer.tenant(), Await.PATIENCE);
            assertThat(entry.ending()).as("half of the answer is still to come").isEmpty();
            assertThat(entry.completionTokens()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "vllm"})
    void whatTheBackendWroteComesAsItWroteIt(String backend) throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to(backend + "/words-8", customer.tenant()).streamed();
        List<String> direct = List.of();
        try (Conversation caller = Conversation.ask(
                ORACLE.uri().getPort(), "none", Question.to("words-8", "direct").streamed())) {
            direct = caller.rest();
        }
        try (Conversation caller = customer.converse(question)) {
            assertThat(caller.rest()).isEqualTo(direct);
            assertThat(caller.header("content-type")).startsWith("text/event-stream");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "vllm"})
    void usageIsAskedForAlwaysAndShownToWhoAsked(String backend) throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to(backend + "/words-8", customer.tenant());
        try (Conversation caller = customer.converse(question.streamed())) {
            assertThat(caller.rest()).noneMatch(event -> event.contains("usage"));
        }
        try (Conversation caller = customer.converse(question.delivered(Delivery.STREAMED_WITH_USAGE))) {
            List<String> events = caller.rest();
            assertThat(events)
                    .filteredOn(event -> event.contains("\"completion_tokens\""))
                    .hasSize(1);
            String last = events.get(events.size() - 2);
            assertThat(Desk.json(last).path("choices").size()).isZero();
            assertThat(Desk.json(last).path("usage").path("completion_tokens").asLong())
                    .isEqualTo(8);
        }
        assertThat(ORACLE.journal().of(customer.tenant())).hasSize(2).allSatisfy(entry -> {
            var options = Desk.json(entry.body()).path("stream_options");
            assertThat(options.path("include_usage").asBoolean()).isTrue();
            assertThat(options.path("continuous_usage_stats").asBoolean(false)).isEqualTo(backend.equals("vllm"));
        });
    }

    @Test
    void aStreamThatReachesItsCapEndsByLength() throws Exception {
        Customer customer = house.newCustomer();
        try (Conversation caller = customer.converse(
                Question.to("openai/words-8", customer.tenant()).capped(3).streamed())) {
            List<String> events = caller.rest();
            assertThat(Conversation.wordsOf(events)).hasSize(3);
            assertThat(events).anyMatch(event -> event.contains("\"finish_reason\":\"length\""));
            assertThat(events.getLast()).isEqualTo("[DONE]");
        }
    }
}
