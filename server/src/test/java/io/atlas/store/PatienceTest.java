package io.atlas.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiting for an answer that may not come. */
class PatienceTest {
    private final Patience patience = new Patience(Duration.ofMillis(20));

    @AfterEach
    void close() {
        patience.close();
    }

    @Test
    void whatIsThereIsNotWaitedFor() {
        CompletionStage<String> there = CompletableFuture.completedStage("there");

        assertThat((Object) patience.with(there)).isSameAs(there);
    }

    @Test
    void anAnswerInTimeIsTheAnswer() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletionStage<String> waiting = patience.with(answer);

        answer.complete("in time");

        assertThat(waiting.toCompletableFuture().get(10, TimeUnit.SECONDS)).isEqualTo("in time");
    }

    @Test
    void whoWaitsGivesUpAndTheAnswerMayStillCome() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletableFuture<String> waiting = patience.with(answer).toCompletableFuture();

        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(answer.complete("late")).isTrue();
    }

    @Test
    void whoAsksWhenItIsClosedIsToldSoAtOnce() {
        CompletionStage<?> _ = patience.with(new CompletableFuture<String>());
        patience.close();

        CompletionStage<String> waiting = patience.with(new CompletableFuture<>());

        assertThat(waiting.toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void whatIsBoundedItselfFailsInTheEnd() {
        CompletableFuture<String> answer = patience.bounded(new CompletableFuture<>());

        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(answer.complete("late")).isFalse();
    }
}
