package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.endings.HostileBackend.Case;
import io.atlas.endings.HostileBackend.Due;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes a backend answers with: what the caller sees of it, what it costs, and that the next request is served. */
@Timeout(120)
class HostileBackendTest {
    private static final Duration SOON = Duration.ofSeconds(2);

    @TempDir
    static Path folder;

    private static final OracleUpstream ORACLE = OracleUpstream.start(HostileBackend.answers());
    private static House house;

    @BeforeAll
    static void open() {
        List<String> behaviours = Stream.concat(Stream.of("words-8"), HostileBackend.answers().keySet().stream())
                .toList();
        house = House.open(
                folder.resolve("data"),
                List.of(House.backend("openai", "openai", ORACLE, ", apiKey: " + HostileBackend.KEY)),
                House.models(List.of("openai"), behaviours));
    }

    @AfterAll
    static void close() {
        house.close();
        ORACLE.close();
    }

    static Stream<Case> cases() {
        return HostileBackend.cases().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void everyAnswerIsReportedChargedAndOver(Case one) throws Exception {
        Customer customer = house.newCustomer();
        Question question =
                Question.to("openai/" + one.name(), customer.tenant()).delivered(one.delivery());
        HttpResponse<String> answer = customer.ask(question);
        long answered = System.nanoTime();

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(one.status());
        String reason = one.code().isEmpty() ? "none" : one.code();
        innocent(answer);
        List<String> data = dataOf(answer.body());
        if (!one.code().isEmpty()) {
            String last = data.isEmpty() ? answer.body() : data.getLast();
            assertThat(Desk.json(last).path("error").path("code").asString()).isEqualTo(one.code());
            assertThat(data).doesNotContain("[DONE]");
        } else if (!data.isEmpty()) {
            assertThat(data.getLast()).isEqualTo("[DONE]");
        }
        assertThat(Conversation.wordsOf(data)).hasSize(one.words());
        // A kept connection that is closed without a word was about to be closed anyhow: what met that is sent once
        // more.
        int attempts = one.name().endsWith("-at-once") ? 2 : 1;
        assertThat(ORACLE.journal().of(customer.tenant())).hasSizeBetween(1, attempts);
        customer.endedOnce(
                answer.headers().firstValue("x-atlas-decision").orElseThrow(),
                one.code().isEmpty() ? "served" : "failed",
                reason,
                charge(one, question));
        assertThat(Duration.ofNanos(System.nanoTime() - answered))
                .as("until nothing was held")
                .isLessThan(SOON);
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void whenTheBackendSaysWhenToComeBackTheCallerHearsOfIt() throws Exception {
        HttpResponse<String> later = house.newCustomer().ask(Question.to("openai/busy-later", "later"));
        assertThat(later.headers().firstValue("retry-after")).hasValue("7");
        assertThat(later.headers().firstValue("retry-after-ms")).hasValue("7000");
        assertThat(later.headers().firstValue("x-should-retry")).hasValue("true");
        assertThat(Desk.json(later.body())
                        .path("error")
                        .path("atlas")
                        .path("retry_after_ms")
                        .asLong())
                .isEqualTo(7_000);

        HttpResponse<String> soon = house.newCustomer().ask(Question.to("openai/busy-429", "soon"));
        assertThat(soon.headers().firstValue("retry-after")).hasValue("1");
    }

    private static Charge charge(Case one, Question question) {
        return switch (one.due()) {
            case Due.Nothing _ -> Charge.NOTHING;
            case Due.Input _ -> Charge.counted(question.countedInput(), 0);
            case Due.Counted counted -> Charge.counted(question.countedInput(), counted.outputTokens());
            case Due.Reported reported -> Charge.reported(reported.inputTokens(), reported.outputTokens());
        };
    }

    /** The data of the events in a stream. */
    private static List<String> dataOf(String body) {
        return Arrays.stream(body.split("\n\n"))
                .filter(event -> event.startsWith("data: "))
                .map(event -> event.substring("data: ".length()))
                .toList();
    }

    /** Says nothing of where the backend stands, of its key, or of the insides of the backend and the gateway. */
    private static void innocent(HttpResponse<String> answer) {
        assertThat(answer.body() + answer.headers().map())
                .doesNotContain(HostileBackend.ADDRESS, HostileBackend.KEY, "Traceback", "Exception", "io.atlas")
                .doesNotContain(String.valueOf(ORACLE.uri().getPort()));
        assertThat(answer.headers().map().keySet()).doesNotContain("server", "location", "set-cookie");
    }
}
