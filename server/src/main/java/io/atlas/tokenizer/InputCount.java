package io.atlas.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * How many tokens a prompt has: a bound at once, or a count on another thread. Each model's backends count in their own
 * way, so both are raised by the ratio learned from what they reported. May be used from any thread.
 */
public final class InputCount implements AutoCloseable {
    /** What is small is counted by those who waited too long, too, and one slice of all else: a line of them moves on. */
    private static final Budget BUDGET = new Budget(8 << 10, 1 << 20, 4_000_000);

    private static final int AT_ONCE_PER_TENANT = 2;
    private static final double HIGHEST_RATIO = 4;
    private static final double FORGETTING = 0.05;

    private final TokenCounter counter;
    private final Map<String, Double> ratios = new ConcurrentHashMap<>();
    private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * The tokens of a prompt; both figures are the same where the budget was enough to count all of it.
     *
     * @param atMostTokens what is reserved
     * @param likelyTokens what is charged, where no backend counts
     */
    public record Prompt(long atMostTokens, long likelyTokens) {}

    /** Counts with that counter. */
    public InputCount(TokenCounter counter) {
        this.counter = counter;
    }

    /** More tokens than a prompt of so many bytes can have: a token is at least one byte. */
    public long bound(long textBytes, long templateTokens, String model) {
        return raised(textBytes + templateTokens, model);
    }

    /** About how many tokens a prompt of so many bytes has, for as long as nobody has counted them. */
    public long likely(long textBytes, long templateTokens, String model) {
        return raised(Math.ceilDiv(textBytes, Count.USUAL_BYTES_PER_TOKEN) + templateTokens, model);
    }

    /**
     * The tokens of a prompt, counted as far as the budget goes. A tenant has only a few counted at a time, so that its
     * large prompts wait for each other and not for everybody's; the budget's time runs while they wait, so that the last
     * in the line is not decided later than the time allows, only by a wider bound.
     */
    public CompletionStage<Prompt> prompt(
            String tenant, String model, Supplier<List<String>> texts, long templateTokens) {
        long askedNanos = counter.now();
        return onThread(tenant, () -> {
            Count count = counter.count(texts.get(), BUDGET, askedNanos);
            return new Prompt(
                    raised(count.tokens() + templateTokens, model), raised(count.likely() + templateTokens, model));
        });
    }

    /** What is counted as so many tokens for one model, counted for another. */
    public long converted(long tokens, String model, String other) {
        return raised((long) Math.ceil(tokens / ratio(model)), other);
    }

    /** The tokens of texts that a model wrote, each counted for itself; about that many where they are long. */
    public CompletionStage<Long> written(String tenant, List<String> texts) {
        return onThread(tenant, () -> counter.count(texts, BUDGET).likely());
    }

    /** Learns from a backend's own count: quickly that it counts more, slowly that it counts less. */
    public void learn(String model, long assumedTokens, long reportedTokens) {
        double seen = (double) reportedTokens / Math.max(1, assumedTokens);
        ratios.compute(model, (_, known) -> {
            double before = known == null ? 1 : known;
            double now = before * seen;
            return Math.clamp(now > before ? now : before - (before - now) * FORGETTING, 1, HIGHEST_RATIO);
        });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private long raised(long tokens, String model) {
        double ratio = ratio(model);
        return ratio <= 1 ? tokens : (long) Math.ceil(tokens * ratio);
    }

    private double ratio(String model) {
        return ratios.getOrDefault(model, 1.0);
    }

    private <T> CompletionStage<T> onThread(String tenant, Supplier<T> counting) {
        Semaphore turn = turns.computeIfAbsent(tenant, _ -> new Semaphore(AT_ONCE_PER_TENANT));
        return CompletableFuture.supplyAsync(
                () -> {
                    turn.acquireUninterruptibly();
                    try {
                        return counting.get();
                    } finally {
                        turn.release();
                    }
                },
                threads);
    }
}
