package io.atlas.store;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long an answer of the shared counters is waited for. What is later is as good as lost.
 *
 * <p>Nearly all answers are there in a fraction of it, so that what counts is what it costs to begin to wait: here an entry
 * on a wheel that turns by itself, where the JDK's own timeouts wake a thread, and wake it again for each answer. See
 * Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987.
 */
public final class Patience implements AutoCloseable {
    /** By so much it may be longer. */
    private static final Duration TICK = Duration.ofMillis(5);

    private final Duration time;
    private final Timer wheel;

    /** For so long. */
    public Patience(Duration time) {
        this.time = time;
        ThreadFactory named =
                Thread.ofPlatform().daemon().name("atlas-patience").factory();
        wheel = new HashedWheelTimer(named, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What that completes with, or a {@link TimeoutException}. */
    public <T> CompletionStage<T> with(CompletionStage<T> answer) {
        CompletableFuture<T> future = answer.toCompletableFuture();
        return future.isDone() ? answer : bounded(future.copy());
    }

    /** The same future, which fails with a {@link TimeoutException} if it is not completed in time. */
    public <T> CompletableFuture<T> bounded(CompletableFuture<T> answer) {
        Wait wait = new Wait(answer, time);
        try {
            Timeout entry = wheel.newTimeout(wait, time.toMillis(), TimeUnit.MILLISECONDS);
            CompletionStage<T> ending = answer;
            ending.whenComplete((_, _) -> {
                wait.end();
                entry.cancel();
            });
        } catch (IllegalStateException e) {
            // It is closed, and so is whoever could answer.
            wait.giveUp();
        }
        return answer;
    }

    /** The wheel keeps it until its next turn, and not what was waited for: that would live through each collection. */
    private static final class Wait implements TimerTask {
        private volatile Optional<CompletableFuture<?>> answer;
        private final Duration time;

        Wait(CompletableFuture<?> answer, Duration time) {
            this.answer = Optional.of(answer);
            this.time = time;
        }

        void end() {
            answer = Optional.empty();
        }

        void giveUp() {
            answer.ifPresent(late -> late.completeExceptionally(new TimeoutException("no answer within " + time)));
        }

        @Override
        public void run(Timeout entry) {
            giveUp();
        }
    }

    /** To be closed after whoever answers: who asks from now on has no time at all. */
    @Override
    public void close() {
        wheel.stop();
    }
}
