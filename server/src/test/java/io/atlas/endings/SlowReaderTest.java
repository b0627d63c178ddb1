package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.testing.Entry;
import io.atlas.testing.Entry.Ending;
import io.atlas.testing.OracleUpstream;
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

    private static final String MODEL = "openai/words-" + WORDS;

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private House house;

    @BeforeEach
    void open() {
        house = House.of(new Terms(
                folder,
                List.of(House.backend("openai", "openai", oracle, "")),
                List.of(MODEL),
                List.of(House.tenant("t", "[ { tokens: 1M, per: day } ]"))));
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

    private Conversation ask() throws Exception {
        Customer customer = house.customer("t");
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
