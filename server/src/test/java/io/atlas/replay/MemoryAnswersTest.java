package io.atlas.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.receipt.Served;
import io.atlas.replay.AnswerStore.Claim;
import io.atlas.replay.RequestName.Keyed;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryAnswersTest {
    private static final long HOUR = 3_600L * 1_000_000;

    private final MemoryAnswers answers = new MemoryAnswers(100, 1_000);

    @Test
    void anAnswerIsKeptForADayAfterItWasLastAskedFor() {
        answers.keep(name(1), "body", answer(10), 0);

        assertThat(claim(1, 23 * HOUR)).isInstanceOf(Claim.Answered.class);
        assertThat(claim(1, 46 * HOUR)).isInstanceOf(Claim.Answered.class);
        assertThat(claim(1, 70 * HOUR)).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void ofAnAnswerThatHasNoRoomItIsKnownThatItWasGiven() {
        for (int i = 0; i < 50; i++) {
            answers.keep(name(i), "body", answer(100), i);
        }

        assertThat(claim(0, 50)).isInstanceOf(Claim.Gone.class);
        assertThat(claim(39, 50)).isInstanceOf(Claim.Gone.class);
        assertThat(claim(40, 50)).isInstanceOf(Claim.Answered.class);
        assertThat(claim(49, 50)).isInstanceOf(Claim.Answered.class);
    }

    @Test
    void theOneThatWasNotAskedForLongestGoesFirst() {
        for (int i = 0; i < 10; i++) {
            answers.keep(name(i), "body", answer(100), i);
        }
        claim(0, 10);
        answers.keep(name(10), "body", answer(100), 11);

        assertThat(claim(0, 12)).isInstanceOf(Claim.Answered.class);
        assertThat(claim(1, 12)).isInstanceOf(Claim.Gone.class);
    }

    @Test
    void thereAreNoMoreNamesThanItsBound() {
        for (int i = 0; i < 150; i++) {
            answers.keepNothing(name(i), "body", i);
        }

        assertThat(claim(49, 150)).isInstanceOf(Claim.Granted.class);
        assertThat(claim(50, 150)).isInstanceOf(Claim.Gone.class);
    }

    @Test
    void aNameIsOfOneBodyUntilItIsFree() {
        answers.keep(name(1), "another body", answer(10), 0);
        assertThat(claim(1, 0)).isInstanceOf(Claim.Mismatch.class);

        answers.free(name(1));

        assertThat(claim(1, 0)).isInstanceOf(Claim.Granted.class);
    }

    private Claim claim(int number, long nowMicros) {
        return answers.claim(name(number), "body", nowMicros)
                .toCompletableFuture()
                .join();
    }

    private static Keyed name(int number) {
        return new Keyed("name " + number);
    }

    private static KeptAnswer answer(int bytes) {
        return new KeptAnswer(
                "req_1",
                new Served("small", "gpu"),
                Optional.empty(),
                KeptAnswer.Form.WHOLE,
                "application/json",
                Buffer.buffer(new byte[bytes]));
    }
}
