package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.endings.Question.Delivery;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import io.atlas.testing.Ports;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The ways in which a backend can end a request, and what each of them costs. */
@Timeout(120)
class EndingsTest {
    private static final List<String> BEHAVIOURS = List.of(
            "words-8",
            "error-400",
            "error-401",
            "error-404",
            "error-422",
            "error-429",
            "error-500",
            "error-503",
            "cut-0",
            "cut-5",
            "stop-0",
            "stop-5",
            "undone",
            "fault-0",
            "fault-5",
            "nonsense",
            "no-usage");
    private static final String BACKEND_KEY = "sk-of-the-backend-0123456789";

    @TempDir
    static Path folder;

    private static final OracleUpstream ORACLE = OracleUpstream.start();
    private static House house;

    @BeforeAll
    static void open() throws Exception {
        int closedPort = Ports.free();
        String key = ", apiKey: " + BACKEND_KEY;
        List<String> models = new ArrayList<>(House.models(List.of("openai", "vllm"), BEHAVIOURS));
        models.add("gone/words-8");
        house = House.open(
                folder.resolve("data"),
                List.of(
                        House.backend("openai", "openai", ORACLE, key),
                        House.backend("vllm", "vllm", ORACLE, key),
                        "gone: { type: openai, url: \"http://127.0.0.1:" + closedPort + "\" }"),
                models);
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

    @ParameterizedTest
    @CsvSource({
        "500, 502, backend_error",
        "429, 503, overloaded",
        "503, 503, overloaded",
        "400, 400, backend_rejected",
        "422, 422, backend_rejected",
        "401, 502, backend_error",
        "404, 502, backend_error"
    })
    void anErrorOfTheBackendCostsNothing(int says, int status, String reason) throws Exception {
        for (Delivery delivery : Delivery.values()) {
            Customer customer = house.newCustomer();
            HttpResponse<String> answer = customer.ask(
                    Question.to("openai/error-" + says, customer.tenant()).delivered(delivery));

            refused(answer, status, reason);
            assertThat(answer.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 503);
            customer.endedOnce(id(answer), "failed", reason, Charge.NOTHING);
            customer.canSpendTheRest("openai/words-8");
        }
    }

    @Test
    void aRejectionOfTheBackendIsPassedOnInItsWords() throws Exception {
        HttpResponse<String> answer = house.newCustomer().ask(Question.to("openai/error-400", "rejected"));
        assertThat(Desk.json(answer.body()).path("error").path("message").asString())
                .isEqualTo("the oracle says 400");
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void aBackendThatRefusesConnectionsCostsNothing(Delivery delivery) throws Exception {
        Customer customer = house.newCustomer();
        HttpResponse<String> answer =
                customer.ask(Question.to("gone/words-8", "gone").delivered(delivery));

        refused(answer, 503, "backend_unavailable");
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
        customer.endedOnce(id(answer), "failed", "backend_unavailable", Charge.NOTHING);
        customer.canSpendTheRest("openai/words-8");
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void anAnswerThatBreaksOffBeforeItsFirstByteCostsItsInput(Delivery delivery) throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/cut-0", customer.tenant())
                .saying("how are you")
                .delivered(delivery);
        HttpResponse<String> answer = customer.ask(question);

        refused(answer, 502, "backend_error");
        customer.endedOnce(id(answer), "failed", "backend_error", Charge.counted(question.countedInput(), 0));
        customer.canSpendTheRest("openai/words-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "fault-0"})
    void anAnswerWithoutSenseCostsNothing(String behaviour) throws Exception {
        for (Delivery delivery : Delivery.values()) {
            Customer customer = house.newCustomer();
            HttpResponse<String> answer = customer.ask(
                    Question.to("openai/" + behaviour, customer.tenant()).delivered(delivery));

            refused(answer, 502, "backend_error");
            customer.endedOnce(id(answer), "failed", "backend_error", Charge.NOTHING);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut-5", "stop-5", "fault-5"})
    void aStreamThatBreaksOffCostsItsInputAndWhatWasRelayed(String behaviour) throws Exception {
        for (String backend : List.of("openai", "vllm")) {
            Customer customer = house.newCustomer();
            Question question =
                    Question.to(backend + "/" + behaviour, customer.tenant()).streamed();
            try (Conversation caller = customer.converse(question)) {
                List<String> events = caller.rest();

                int relayed = Conversation.wordsOf(events).size();
                Charge charge = backend.equals("vllm")
                        ? Charge.reported(3, relayed)
                        : Charge.counted(question.countedInput(), relayed);
                assertThat(caller.status()).isEqualTo(200);
                assertThat(relayed).isEqualTo(5);
                assertThat(events).doesNotContain("[DONE]");
                assertThat(Desk.json(events.getLast())
                                .path("error")
                                .path("code")
                                .asString())
                        .isEqualTo("stream_broken");
                innocent(events.getLast());
                assertThat(caller.closed()).isTrue();
                customer.endedOnce(caller.header("x-atlas-decision"), "failed", "stream_broken", charge);
            }
            customer.canSpendTheRest(backend + "/words-8");
        }
    }

    @Test
    void aStreamThatEndsBeforeItBeganCostsItsInput() throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/stop-0", customer.tenant()).streamed();
        HttpResponse<String> answer = customer.ask(question);

        refused(answer, 502, "backend_error");
        customer.endedOnce(id(answer), "failed", "backend_error", Charge.counted(question.countedInput(), 0));
    }

    @Test
    void aWholeStreamWithoutItsMarkOfTheEndIsGivenOne() throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/undone", customer.tenant()).streamed();
        try (Conversation caller = customer.converse(question)) {
            List<String> events = caller.rest();

            assertThat(Conversation.wordsOf(events)).hasSize(8);
            assertThat(events.getLast()).isEqualTo("[DONE]");
            customer.endedOnce(
                    caller.header("x-atlas-decision"), "served", "none", Charge.counted(question.countedInput(), 8));
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void anAnswerWithoutUsageIsCounted(Delivery delivery) throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/no-usage", customer.tenant()).delivered(delivery);
        HttpResponse<String> answer = customer.ask(question);

        assertThat(answer.statusCode()).isEqualTo(200);
        customer.endedOnce(id(answer), "served", "none", Charge.counted(question.countedInput(), 8));
        customer.canSpendTheRest("openai/words-8");
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void aServedAnswerCostsWhatTheBackendReports(Delivery delivery) throws Exception {
        for (String backend : List.of("openai", "vllm")) {
            Customer customer = house.newCustomer();
            HttpResponse<String> answer = customer.ask(
                    Question.to(backend + "/words-8", customer.tenant()).delivered(delivery));

            Entry entry = ORACLE.journal().of(customer.tenant()).getFirst();
            assertThat(answer.statusCode()).isEqualTo(200);
            customer.endedOnce(
                    id(answer), "served", "none", Charge.reported(entry.promptTokens(), entry.completionTokens()));
        }
    }

    private static String id(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-atlas-decision").orElseThrow();
    }

    private static void refused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = Desk.json(answer.body()).path("error");
        assertThat(error.path("code").asString()).isEqualTo(code);
        assertThat(error.path("message").asString()).isNotBlank();
        assertThat(error.path("atlas").path("decision").asString()).isEqualTo(id(answer));
        innocent(answer.body());
    }

    /** Says nothing of where the backend stands, of its key, or of the insides of the gateway. */
    private static void innocent(String body) {
        assertThat(body)
                .doesNotContain("127.0.0.1", "localhost", BACKEND_KEY, "Exception", "io.atlas", "io.vertx", "\\tat ")
                .doesNotContain(String.valueOf(ORACLE.uri().getPort()));
    }
}
