package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.app.Drain;
import io.atlas.endings.Customer.Charge;
import io.atlas.exchange.Deadlines;
import io.atlas.testing.Entry;
import io.atlas.testing.Entry.Ending;
import io.atlas.testing.OracleUpstream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A caller who does not read stops the backend, and nothing of the answer is kept for it in memory or lost. */
@Timeout(180)
class SlowReaderTest {
    private static final int WORDS = 200_000;
    private static final int SMALL_BUFFER_BYTES = 16 << 10;
    private static final Duration STILL = Duration.ofSeconds(1);

    private static final int LONG_WORDS = 2_500_000;
    private static final String LONG_MODEL = "openai/words-" + LONG_WORDS;
    private static final Deadlines HASTY = new Deadlines(
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10));
    private static final String MODEL = "openai/words-" + WORDS;

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private House house;

    @BeforeEach
    void open() {
        house = House.of(terms(folder.resolve("usual")));
    }

    @AfterEach
    void close() throws Exception {
        house.desk().awaitNothingHeld();
        house.close();
        oracle.close();
    }

    @Test
    void whoDoesNotReadHoldsTheBackendBackAndLosesNothing() throws Exception {
        try (Conversation caller = ask()) {
            assertThat(caller.status()).isEqualTo(200);
            Entry entry = oracle.journal().await("slow", Await.PATIENCE);
            assertThat(awaitStandstill(entry))
                    .as("words that the upstream could write")
                    .isLessThan(WORDS / 2);

            assertThat(caller.words(WORDS)).hasSize(WORDS);
            assertThat(caller.rest()).endsWith("[DONE]");
            assertThat(entry.awaitEnding(Await.PATIENCE)).isEqualTo(Ending.FINISHED);
            assertThat(house.customer("t").charge(caller.header("x-atlas-decision")))
                    .isEqualTo(Charge.reported(3, WORDS));
        }
    }

    @Test
    void whoLeavesInsteadOfReadingIsChargedNoMoreThanWasMade() throws Exception {
        Conversation caller = ask();
        caller.words(1_000);
        Entry entry = oracle.journal().await("slow", Await.PATIENCE);
        awaitStandstill(entry);
        caller.leave();

        assertThat(entry.awaitEnding(Await.PATIENCE)).isEqualTo(Ending.LEFT);
        String id = caller.header("x-atlas-decision");
        Await.until("decided", () -> house.desk().decided(id));
        assertThat(house.customer("t").charge(id).outputTokens()).isBetween(1_000L, entry.completionTokens());
    }

    @Test
    void whoReadsNothingIsCutOffAndCharged() throws Exception {
        try (House hasty = House.of(terms(folder.resolve("hasty")), HASTY)) {
            Customer customer = hasty.customer("t");
            try (Conversation caller = ask(customer)) {
                Entry entry = oracle.journal().await("slow", Await.PATIENCE);
                assertThat(entry.awaitEnding(Await.PATIENCE)).isEqualTo(Ending.LEFT);
                String id = entry.headers().getOrDefault("x-request-id", "none");
                Await.until("decided", () -> hasty.desk().decided(id));

                Charge charge = customer.charge(id);
                assertThat(charge.outputTokens()).isBetween(1L, entry.completionTokens());
                assertThat(hasty.desk().decision(id).path("reason").asString()).isEqualTo("caller_left");
                assertThat(wholeOrBroken(caller)).isFalse();
            }
            hasty.desk().awaitNothingHeld();
        }
    }

    @Test
    void whoReadsNothingOfAWholeAnswerLosesItAndPaysForIt() throws Exception {
        House hasty = House.of(terms(folder.resolve("hasty")), HASTY);
        Customer customer = hasty.customer("t");
        Question question = Question.to(LONG_MODEL, "long").capped(LONG_WORDS);
        try (Conversation caller = Conversation.ask(customer.port(), customer.key(), question, SMALL_BUFFER_BYTES)) {
            Entry entry = oracle.journal().await("long", Await.PATIENCE);
            String id = entry.headers().getOrDefault("x-request-id", "none");
            Await.until("decided", () -> hasty.desk().decided(id));
            assertThat(customer.charge(id)).isEqualTo(Charge.reported(3, LONG_WORDS));

            long stopped = System.nanoTime();
            hasty.close();
            assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Drain.AT_ONCE.grace());
            assertThat(wholeOrBroken(caller)).isFalse();
        }
    }

    private static boolean wholeOrBroken(Conversation caller) {
        try {
            return caller.endsWell();
        } catch (SocketTimeoutException still) {
            throw new AssertionError("the connection is still open", still);
        } catch (IOException _) {
            return false;
        }
    }

    private Terms terms(Path data) {
        return new Terms(
                data,
                List.of(House.backend("openai", "openai", oracle, "")),
                List.of(MODEL, LONG_MODEL),
                List.of(House.tenant("t", "[ { tokens: 1G, per: day } ]")));
    }

    private Conversation ask() throws Exception {
        return ask(house.customer("t"));
    }

    private static Conversation ask(Customer customer) throws Exception {
        Question question = Question.to(MODEL, "slow").capped(WORDS).streamed();
        return Conversation.ask(customer.port(), customer.key(), question, SMALL_BUFFER_BYTES);
    }

    /** Waits until the upstream has given nothing more for a while, and returns how much it had. */
    private static long awaitStandstill(Entry entry) throws Exception {
        long[] given = {-1, System.nanoTime()};
        Await.until("the upstream stands still", () -> {
            long now = entry.completionTokens();
            if (now != given[0]) {
                given[0] = now;
                given[1] = System.nanoTime();
            }
            return now > 0 && System.nanoTime() - given[1] > STILL.toNanos();
        });
        return given[0];
    }
}
