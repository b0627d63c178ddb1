package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.testing.Entry;
import io.atlas.testing.Entry.Ending;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A caller who does not read stops the backend, and nothing of the answer is kept for it in memory or lost. */
@Timeout(180)
class SlowReaderTest {
    private static final int WORDS = 200_000;
    private static final int SMALL_BUFFER_BYTES = 16 << 10;
    private static final Duration STILL = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    @Test
    void whoDoesNotReadHoldsTheBackendBack() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                House house = House.of(new Terms(
                        folder,
                        List.of(House.backend("openai", "openai", oracle, "")),
                        List.of("openai/words-" + WORDS),
                        List.of(House.tenant("t", "[ { tokens: 1M, per: day } ]"))))) {
            Customer customer = house.customer("t");
            Question question =
                    Question.to("openai/words-" + WORDS, "slow").capped(WORDS).streamed();
            try (Conversation caller =
                    Conversation.ask(customer.port(), customer.key(), question, SMALL_BUFFER_BYTES)) {
                assertThat(caller.status()).isEqualTo(200);
                Entry entry = oracle.journal().await("slow", Await.PATIENCE);
                long given = awaitStandstill(entry);
                assertThat(given).as("words that the upstream could write").isLessThan(WORDS / 2);

                assertThat(caller.words(WORDS)).hasSize(WORDS);
                assertThat(caller.rest()).endsWith("[DONE]");
                assertThat(entry.awaitEnding(Await.PATIENCE)).isEqualTo(Ending.FINISHED);
                assertThat(customer.charge(caller.header("x-atlas-decision"))).isEqualTo(Charge.reported(3, WORDS));
            }
            house.desk().awaitNothingHeld();
        }
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
