package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.testing.Entry;
import io.atlas.testing.Entry.Ending;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred of each bad end, fifty at a time: each is charged by the table, and nothing of it stays. */
@Timeout(240)
class CrowdedEndingsTest {
    private static final int EACH = 100;
    private static final int AT_ONCE = 50;
    private static final Duration CANCELLED = Duration.ofMillis(500);
    private static final Duration NOTHING_HELD = Duration.ofSeconds(2);
    private static final List<String> ERRORS = List.of(
            "error-400", "error-401", "error-404", "error-429", "error-500", "error-503", "nonsense", "fault-0");

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private House house;
    private Customer customer;

    @BeforeEach
    void open() {
        List<String> behaviours = new ArrayList<>(ERRORS);
        behaviours.addAll(List.of("words-8", "cut-5", "hang", "slow-100-20", "stall-5"));
        house = House.of(new Terms(
                folder,
                List.of(
                        House.backend("openai", "openai", oracle, ""),
                        House.backend("vllm", "vllm", oracle, ""),
                        House.backend("narrow", "openai", oracle, ", concurrency: 1")),
                House.models(List.of("openai", "vllm", "narrow"), behaviours),
                List.of(House.tenant("t", "[ { tokens: 10M, per: day }, { cost: \"9000 USD\", per: month } ]"))));
        customer = house.customer("t");
    }

    @AfterEach
    void close() {
        house.close();
        oracle.close();
    }

    @Test
    void aHundredErrorsOfTheBackendCostNothing() throws Exception {
        crowd(i -> customer.ask(Question.to("openai/" + ERRORS.get(i % ERRORS.size()), "r" + i)
                        .delivered(Question.Delivery.ALL.get(i % 3)))
                .statusCode());

        assertThat(oracle.journal().all()).hasSize(EACH);
        nothingIsHeld();
        assertThat(customer.usage().path("charged_requests").asLong()).isZero();
        assertThat(used()).isZero();
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void aHundredStreamsThatBreakOffCostTheirInputAndWhatWasRelayed() throws Exception {
        List<Long> relayed = crowd(i -> {
            Question question = Question.to((i % 2 == 0 ? "openai" : "vllm") + "/cut-5", "r" + i);
            try (Conversation caller = customer.converse(question.streamed())) {
                List<String> events = caller.rest();
                assertThat(events.getLast()).contains("stream_broken");
                long words = Conversation.wordsOf(events).size();
                Charge charge = customer.charge(caller.header("x-atlas-decision"));
                assertThat(charge)
                        .isEqualTo(
                                i % 2 == 0
                                        ? Charge.counted(question.countedInput(), words)
                                        : Charge.reported(3, words));
                return charge.tokens();
            }
        });

        nothingIsHeld();
        assertThat(used()).isEqualTo(relayed.stream().mapToLong(Long::longValue).sum());
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void aHundredWhoLeaveBeforeTheFirstByteCostTheirInput() throws Exception {
        Question question = Question.to("openai/hang", "r").streamed();
        List<Duration> cancelled =
                crowd(i -> leave(Question.to("openai/hang", "r" + i).streamed(), 0));

        cancelledAtOnce(cancelled);
        nothingIsHeld();
        assertThat(used()).isEqualTo(EACH * question.countedInput());
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void aHundredWhoLeaveAfterATenthCostWhatTheyGotAndNoMoreThanWasMade() throws Exception {
        List<Duration> cancelled = crowd(i -> leave(
                Question.to((i % 2 == 0 ? "openai" : "vllm") + "/slow-100-20", "r" + i)
                        .streamed(),
                10));

        cancelledAtOnce(cancelled);
        nothingIsHeld();
        long charged = 0;
        for (Entry entry : oracle.journal().all()) {
            Charge charge = customer.charge(id(entry));
            assertThat(charge.outputTokens()).as(entry.mark()).isBetween(10L, entry.completionTokens());
            assertThat(entry.completionTokens()).as(entry.mark()).isLessThan(100);
            charged += charge.tokens();
        }
        assertThat(used()).isEqualTo(charged);
        customer.canSpendTheRest("openai/words-8");
    }

    @Test
    void aHundredWhoLeaveTheQueueCostNothing() throws Exception {
        Conversation served =
                customer.converse(Question.to("narrow/stall-5", "first").streamed());
        served.words(5);
        List<Conversation> waiting = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            waiting.add(customer.converse(Question.to("narrow/words-8", "r" + i).streamed()));
        }
        Await.until("all wait", () -> house.desk().metric("atlas_queue_depth") == EACH);
        for (Conversation caller : waiting) {
            caller.leave();
        }
        Await.until("all are told apart", () -> customer.usage().path("refused").asLong() == EACH);
        served.leave();

        nothingIsHeld();
        assertThat(oracle.journal().all()).hasSize(1);
        assertThat(customer.usage().path("charged_requests").asLong()).isEqualTo(1);
        customer.canSpendTheRest("openai/words-8");
    }

    private interface One<T> {
        T ask(int number) throws Exception;
    }

    private static <T> List<T> crowd(One<T> one) throws Exception {
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            int number = i;
            calls.add(() -> one.ask(number));
        }
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        return results;
    }

    /** Leaves after so many words; returns how long the upstream went on without a reader. */
    private Duration leave(Question question, int words) throws Exception {
        Conversation caller = customer.converse(question);
        caller.words(words);
        Entry entry = oracle.journal().await(question.mark(), Await.PATIENCE);
        long left = System.nanoTime();
        caller.leave();
        assertThat(entry.awaitEnding(Await.PATIENCE)).isEqualTo(Ending.LEFT);
        Duration took = Duration.ofNanos(System.nanoTime() - left);
        Await.until("decided", () -> house.desk().decided(id(entry)));
        return took;
    }

    /** One of twenty may have had to wait for a processor. */
    private static void cancelledAtOnce(List<Duration> cancelled) {
        List<Duration> sorted = cancelled.stream().sorted().toList();
        assertThat(sorted.get(EACH * 95 / 100))
                .as("95th percentile of " + sorted)
                .isLessThan(CANCELLED);
    }

    private void nothingIsHeld() throws Exception {
        long since = System.nanoTime();
        house.desk().awaitNothingHeld();
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(NOTHING_HELD);
    }

    private long used() throws Exception {
        return customer.limit("tokens/day").path("used").asLong();
    }

    private static String id(Entry entry) {
        return entry.headers().getOrDefault("x-request-id", "none");
    }
}
