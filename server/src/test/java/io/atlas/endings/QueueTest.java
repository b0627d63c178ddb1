package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two places at a backend, and three to wait for them. */
@Timeout(120)
class QueueTest {
    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private final List<Conversation> callers = new ArrayList<>();
    private House house;

    @BeforeEach
    void open() {
        house = House.open(
                folder,
                List.of(
                        House.backend("two", "openai", oracle, ", concurrency: 2, queue: 3"),
                        House.backend("brief", "openai", oracle, ", concurrency: 1, queue: 3, queueTimeout: 200ms")),
                House.models(List.of("two", "brief"), List.of("stall-5", "words-8")));
    }

    @AfterEach
    void close() throws Exception {
        for (Conversation caller : callers) {
            caller.close();
        }
        house.desk().awaitNothingHeld();
        house.close();
        oracle.close();
    }

    @Test
    void theSixthIsTurnedAwayAndTheOthersAreServedInTurn() throws Exception {
        for (int i = 1; i <= 5; i++) {
            callers.add(house.newCustomer()
                    .converse(Question.to("two/stall-5", "r" + i).streamed()));
            int waiting = Math.max(0, i - 2);
            int served = Math.min(i, 2);
            Await.until("waiting: " + waiting, () -> house.desk().metric("atlas_queue_depth") == waiting);
            Await.until("served: " + served, () -> oracle.journal().all().size() == served);
        }

        Customer sixth = house.newCustomer();
        HttpResponse<String> answer = sixth.ask(Question.to("two/words-8", "r6"));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValueAsLong("retry-after")).hasValue(1);
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("true");
        assertThat(Desk.json(answer.body()).path("error").path("code").asString())
                .isEqualTo("overloaded");
        assertThat(house.desk().metric("atlas_queue_depth")).isEqualTo(3);
        sixth.endedOnce(
                answer.headers().firstValue("x-atlas-decision").orElseThrow(), "refused", "overloaded", Charge.NOTHING);

        for (int i = 3; i <= 5; i++) {
            callers.get(i - 3).leave();
            int now = i;
            Await.until("in turn: " + i, () -> oracle.journal().all().size() == now);
            assertThat(callers.get(i - 1).words(5)).hasSize(5);
            assertThat(Long.parseLong(callers.get(i - 1).header("x-atlas-queue-ms")))
                    .isPositive();
        }
        assertThat(oracle.journal().all()).extracting(Entry::mark).containsExactly("r1", "r2", "r3", "r4", "r5");
    }

    @Test
    void whoWaitsTooLongIsTurnedAway() throws Exception {
        Conversation first = house.newCustomer()
                .converse(Question.to("brief/stall-5", "first").streamed());
        callers.add(first);
        first.words(5);

        Customer second = house.newCustomer();
        HttpResponse<String> answer = second.ask(Question.to("brief/words-8", "second"));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
        assertThat(answer.headers().firstValueAsLong("x-atlas-queue-ms").orElseThrow())
                .isGreaterThanOrEqualTo(200);
        assertThat(Desk.json(answer.body()).path("error").path("code").asString())
                .isEqualTo("overloaded");
        assertThat(oracle.journal().of("second")).isEmpty();
        second.endedOnce(
                answer.headers().firstValue("x-atlas-decision").orElseThrow(), "refused", "overloaded", Charge.NOTHING);
        second.canSpendTheRest("two/words-8");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "150, 150"})
    void nobodyWaitsLongerThanHeIsReadyTo(String millis, int atLeast) throws Exception {
        callers.add(
                house.newCustomer().converse(Question.to("two/stall-5", "first").streamed()));
        callers.add(house.newCustomer()
                .converse(Question.to("two/stall-5", "second").streamed()));
        Await.until("both are served", () -> oracle.journal().all().size() == 2);

        HttpResponse<String> answer =
                house.newCustomer().ask(Question.to("two/words-8", "third"), "x-atlas-max-wait-ms", millis);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(Desk.json(answer.body()).path("error").path("code").asString())
                .isEqualTo("overloaded");
        long waited = answer.headers().firstValueAsLong("x-atlas-queue-ms").orElse(0);
        assertThat(waited).isBetween((long) atLeast, 10_000L);
        assertThat(oracle.journal().of("third")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "86400001", "123456789"})
    void aWaitThatIsNoTimeIsNamed(String millis) throws Exception {
        HttpResponse<String> answer =
                house.newCustomer().ask(Question.to("two/words-8", "r"), "x-atlas-max-wait-ms", millis);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Desk.json(answer.body()).path("error").path("code").asString())
                .isEqualTo("invalid_x_atlas_max_wait_ms");
    }
}
