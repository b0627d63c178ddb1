package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.endings.Question.Delivery;
import io.atlas.testing.Entry;
import io.atlas.testing.Entry.Ending;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who leave, from before they were understood to after the last word. */
@Timeout(120)
class LeavingTest {
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    @TempDir
    static Path folder;

    private static final OracleUpstream ORACLE = OracleUpstream.start();
    private static House house;

    @BeforeAll
    static void open() {
        List<String> models = new ArrayList<>(House.models(
                List.of("openai", "vllm"), List.of("hang", "words-8", "slow-1000-5", "slow-1000-50", "stall-5")));
        models.addAll(House.models(List.of("narrow"), List.of("stall-5", "words-8")));
        house = House.open(
                folder.resolve("data"),
                List.of(
                        House.backend("openai", "openai", ORACLE, ""),
                        House.backend("vllm", "vllm", ORACLE, ""),
                        House.backend("narrow", "openai", ORACLE, ", concurrency: 1, queue: 3")),
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

    @Test
    void whoLeavesWithinTheBodyIsChargedNothing() throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/words-8", customer.tenant());
        Conversation.askHalf(customer.port(), customer.key(), question).leave();

        Await.until("one line", () -> customer.usage().path("refused").asLong() == 1);
        assertThat(customer.usage().path("requests").asLong()).isZero();
        assertThat(customer.usage().path("cost_nano_usd").asLong()).isZero();
        assertThat(ORACLE.journal().of(customer.tenant())).isEmpty();
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void whoLeavesTheQueueIsChargedNothing() throws Exception {
        Customer first = house.newCustomer();
        Customer second = house.newCustomer();
        try (Conversation served =
                first.converse(Question.to("narrow/stall-5", first.tenant()).streamed())) {
            served.words(5);
            Conversation waiting = second.converse(
                    Question.to("narrow/words-8", second.tenant()).streamed());
            Await.until("one waits", () -> house.desk().metric("atlas_queue_depth") == 1);
            waiting.leave();

            Await.until("none waits", () -> house.desk().metric("atlas_queue_depth") == 0);
            Await.until("one line", () -> second.usage().path("refused").asLong() == 1);
            assertThat(house.desk().metric("atlas_inflight")).isEqualTo(1);
        }
        assertThat(second.usage().path("requests").asLong()).isZero();
        assertThat(second.usage().path("cost_nano_usd").asLong()).isZero();
        assertThat(ORACLE.journal().of(second.tenant())).isEmpty();
        second.canSpendTheRest("openai/words-8");
    }

    @RepeatedTest(5)
    void whoWaitsIsServedWhenTheOneBeforeLeaves() throws Exception {
        Customer first = house.newCustomer();
        Customer second = house.newCustomer();
        Conversation served =
                first.converse(Question.to("narrow/stall-5", first.tenant()).streamed());
        served.words(5);
        CompletableFuture<HttpResponse<String>> waiting =
                second.askLater(Question.to("narrow/words-8", second.tenant()));
        Await.until("one waits", () -> house.desk().metric("atlas_queue_depth") == 1);
        served.leave();

        HttpResponse<String> answer = waiting.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValueAsLong("x-atlas-queue-ms")).isPresent();
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void whoLeavesBeforeTheFirstByteIsChargedTheInput(Delivery delivery) throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/hang", customer.tenant()).delivered(delivery);
        Conversation caller = customer.converse(question);
        Entry entry = ORACLE.journal().await(customer.tenant(), Await.PATIENCE);
        leaveAndBeNoticed(caller, entry);

        customer.endedOnce(id(entry), "aborted", "caller_left", Charge.counted(question.countedInput(), 0));
        assertThat(Customer.attempts(house.desk().decision(id(entry))))
                .singleElement()
                .satisfies(attempt -> {
                    assertThat(attempt.path("ended").asString()).isEqualTo("caller_left");
                    assertThat(attempt.path("status").isNull()).isTrue();
                });
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void whoLeavesAWholeAnswerInTheMakingIsChargedTheInput() throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("vllm/slow-1000-50", customer.tenant());
        Conversation caller = customer.converse(question);
        Entry entry = ORACLE.journal().await(customer.tenant(), Await.PATIENCE);
        leaveAndBeNoticed(caller, entry);

        customer.endedOnce(id(entry), "aborted", "caller_left", Charge.counted(question.countedInput(), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "vllm"})
    void whoLeavesWithinAStreamIsChargedNoMoreThanWasMadeAndNoLessThanWasRead(String backend) throws Exception {
        Customer customer = house.newCustomer();
        Question question =
                Question.to(backend + "/slow-1000-5", customer.tenant()).streamed();
        Conversation caller = customer.converse(question);
        caller.words(7);
        Entry entry = ORACLE.journal().await(customer.tenant(), Await.PATIENCE);
        leaveAndBeNoticed(caller, entry);

        Charge charge = customer.charge(id(entry));
        assertThat(charge.outputTokens()).isBetween(7L, entry.completionTokens());
        assertThat(charge.inputTokens()).isEqualTo(backend.equals("vllm") ? 3 : question.countedInput());
        customer.endedOnce(id(entry), "aborted", "caller_left", charge);
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void whoLeavesASilentStreamIsChargedWhatWasRelayed() throws Exception {
        Customer customer = house.newCustomer();
        Question question = Question.to("openai/stall-5", customer.tenant()).streamed();
        Conversation caller = customer.converse(question);
        caller.words(5);
        Entry entry = ORACLE.journal().await(customer.tenant(), Await.PATIENCE);
        leaveAndBeNoticed(caller, entry);

        customer.endedOnce(id(entry), "aborted", "caller_left", Charge.counted(question.countedInput(), 5));
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void whoLeavesAfterTheLastWordIsChargedTheAnswer() throws Exception {
        Customer customer = house.newCustomer();
        Conversation caller =
                customer.converse(Question.to("vllm/words-8", customer.tenant()).streamed());
        caller.words(8);
        caller.leave();
        Entry entry = ORACLE.journal().await(customer.tenant(), Await.PATIENCE);

        Await.until("decided", () -> house.desk().decided(id(entry)));
        assertThat(customer.charge(id(entry))).isEqualTo(Charge.reported(3, 8));
    }

    @Test
    void whoLeavesAfterTheEndIsChargedTheAnswer() throws Exception {
        Customer customer = house.newCustomer();
        Conversation caller = customer.converse(
                Question.to("openai/words-8", customer.tenant()).streamed());
        assertThat(caller.rest()).endsWith("[DONE]");
        String id = caller.header("x-atlas-decision");
        caller.leave();

        customer.endedOnce(id, "served", "none", Charge.reported(3, 8));
    }

    /** The upstream's connection is closed at once, and the request comes to its line. */
    private static void leaveAndBeNoticed(Conversation caller, Entry entry) throws Exception {
        long left = System.nanoTime();
        caller.leave();
        assertThat(entry.awaitEnding(Await.PATIENCE)).isEqualTo(Ending.LEFT);
        assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(AT_ONCE);
        Await.until("decided", () -> house.desk().decided(id(entry)));
    }

    /** Atlas tells the upstream the id under which it decided. */
    private static String id(Entry entry) {
        return entry.headers().getOrDefault("x-request-id", "none");
    }
}
