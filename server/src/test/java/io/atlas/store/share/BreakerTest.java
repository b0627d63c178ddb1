package io.atlas.store.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server is away when nothing comes of it for a while, not when many steps fail in one pause. */
class BreakerTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Breaker breaker = new Breaker(nanos::get);

    @BeforeEach
    void well() {
        breaker.close();
    }

    @Test
    void nothingIsKnownOfTheServerAtFirst() {
        assertThat(new Breaker(nanos::get).open()).isTrue();
    }

    @Test
    void aThousandThatFailInOnePauseDoNotOpenIt() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(failedAfterMillis(i / 20)).isFalse();
        }
        assertThat(breaker.open()).isFalse();
    }

    @Test
    void fiveThatFailOverALongerTimeOpenItOnceAndSayForHowLong() {
        for (int i = 0; i < 4; i++) {
            assertThat(failedAfterMillis(0)).isFalse();
        }
        assertThat(failedAfterMillis(99)).isFalse();
        assertThat(failedAfterMillis(100)).isTrue();
        assertThat(failedAfterMillis(101)).isFalse();
        assertThat(breaker.open()).isTrue();
        assertThat(breaker.openFor()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void fourThatFailDoNotOpenItHoweverLongItTakes() {
        for (int i = 0; i < 4; i++) {
            assertThat(failedAfterMillis(i * 1_000L)).isFalse();
        }
    }

    @Test
    void anAnswerBetweenThemBeginsAnew() {
        for (int i = 0; i < 5; i++) {
            failedAfterMillis(0);
        }
        breaker.succeeded();
        assertThat(failedAfterMillis(100)).isFalse();
        for (int i = 0; i < 3; i++) {
            failedAfterMillis(150);
        }
        assertThat(failedAfterMillis(199)).isFalse();
        assertThat(failedAfterMillis(200)).isTrue();
    }

    private boolean failedAfterMillis(long millis) {
        nanos.set(Duration.ofMillis(millis).toNanos());
        return breaker.failed();
    }
}
