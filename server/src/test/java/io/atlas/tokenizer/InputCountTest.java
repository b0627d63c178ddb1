package io.atlas.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InputCountTest {
    private final InputCount counts = new InputCount(new TokenCounter(TimeSource.system()));

    @AfterEach
    void close() {
        counts.close();
    }

    @Test
    void thePromptIsItsTextsAndItsTemplate() {
        assertThat(prompt("m", "one two three", " four")).isEqualTo(4 + 7);
    }

    @Test
    void aBackendThatCountsMoreIsBelievedAtOnceAndOneThatCountsLessSlowly() {
        long plain = prompt("m", "one two three four");
        counts.learn("m", 100, 150);
        assertThat(prompt("m", "one two three four")).isEqualTo((long) Math.ceil(plain * 1.5));
        assertThat(counts.bound(10, 0, "m")).isEqualTo(15);
        counts.learn("m", 150, 100);
        assertThat(counts.bound(1_000, 0, "m")).isBetween(1_400L, 1_499L);
        for (int i = 0; i < 1_000; i++) {
            counts.learn("m", 100, 50);
        }
        assertThat(prompt("m", "one two three four")).isEqualTo(plain);
    }

    @Test
    void aPromptOfOneModelIsConvertedToAnother() {
        counts.learn("dear", 100, 200);
        assertThat(counts.converted(100, "m", "dear")).isEqualTo(200);
        assertThat(counts.converted(200, "dear", "m")).isEqualTo(100);
        assertThat(counts.converted(7, "m", "other")).isEqualTo(7);
    }

    @Test
    void oneAbsurdReportDoesNotBlockEverybody() {
        counts.learn("m", 1, 1_000_000);
        assertThat(counts.bound(100, 0, "m")).isEqualTo(400);
        assertThat(counts.bound(100, 0, "other")).isEqualTo(100);
    }

    @Test
    void whatThereIsNoTimeToCountIsReservedByTheByteAndChargedByTheUsualLength() {
        String prose = "the quick brown fox jumps over the lazy dog ".repeat(2_000);
        long exact = new TokenCounter(TimeSource.system()).count(prose);
        try (InputCount hurried = new InputCount(new TokenCounter(new EverLater()))) {
            InputCount.Prompt prompt = hurried.prompt("acme", "m", () -> List.of(prose), 7)
                    .toCompletableFuture()
                    .join();
            assertThat(prompt.atMostTokens()).isGreaterThan(3 * exact);
            assertThat(prompt.likelyTokens()).isBetween(exact * 9 / 10, exact * 13 / 10);
            assertThat(hurried.written("acme", List.of(prose))
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(prompt.likelyTokens() - 7);
        }
    }

    @Test
    void whatWaitsForItsTurnIsNotCountedForLongerThanItsTimeAllows() {
        String prose = "the quick brown fox jumps over the lazy dog ".repeat(2_000);
        AtomicLong nanos = new AtomicLong();
        try (InputCount late = new InputCount(new TokenCounter(clock(nanos)))) {
            long atOnce = late.prompt("acme", "m", () -> List.of(prose), 0)
                    .toCompletableFuture()
                    .join()
                    .atMostTokens();
            long waited = late.prompt("acme", "m", () -> after(Duration.ofSeconds(1), nanos, prose), 0)
                    .toCompletableFuture()
                    .join()
                    .atMostTokens();
            assertThat(atOnce).isEqualTo(new TokenCounter(TimeSource.system()).count(prose));
            assertThat(waited).isGreaterThan(2 * atOnce);
        }
    }

    private static List<String> after(Duration time, AtomicLong nanos, String text) {
        nanos.addAndGet(time.toNanos());
        return List.of(text);
    }

    private static TimeSource clock(AtomicLong nanos) {
        return new TimeSource() {
            @Override
            public long epochMicros() {
                return nanos.get() / 1_000;
            }

            @Override
            public long nanos() {
                return nanos.get();
            }
        };
    }

    /** A clock by which every look at it takes a second. */
    private static final class EverLater implements TimeSource {
        private final AtomicLong nanos = new AtomicLong();

        @Override
        public long epochMicros() {
            return nanos.get() / 1_000;
        }

        @Override
        public long nanos() {
            return nanos.addAndGet(1_000_000_000);
        }
    }

    private long prompt(String model, String... texts) {
        return counts.prompt("acme", model, () -> List.of(texts), 7)
                .toCompletableFuture()
                .join()
                .atMostTokens();
    }
}
