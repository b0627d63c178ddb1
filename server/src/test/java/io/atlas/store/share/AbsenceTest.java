package io.atlas.store.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.store.StoreAway;
import io.atlas.testing.Warnings;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AbsenceTest {

    private final StoreAway moved = new StoreAway("quota store: MOVED 866 127.0.0.1:7001");
    private final Warnings warnings = Warnings.of(Absence.class.getName());
    private long nowNanos = 17_000_000_000L;
    private final Breaker breaker = new Breaker(() -> nowNanos);
    private final Absence absence = new Absence(breaker);

    @BeforeEach
    void there() {
        breaker.close();
    }

    @AfterEach
    void stopListening() {
        warnings.close();
    }

    @Test
    void whoDoesNotSayHowHeIsIsAwayAndTheLogHasHisWords() {
        absence.silent(moved);
        absence.silent(moved);
        assertThat(absence.begun()).isTrue();
        assertThat(warnings.whole()).singleElement().asString().contains("it does not say how it is", "MOVED 866");
    }

    @Test
    void theLogHasWhatIsAtTheBottomOfTheFailureThatWasOneTooMany() {
        for (int i = 0; i < 10; i++) {
            absence.failed(new CompletionException("not this", new StoreAway("but this " + i)));
            nowNanos += TimeUnit.MILLISECONDS.toNanos(40);
        }
        assertThat(warnings.whole())
                .singleElement()
                .asString()
                .contains("too late")
                .containsPattern("but this [0-9]");
        assertThat(warnings.whole().getFirst()).doesNotContain("not this");
    }

    @Test
    void aLossHasNoErrorBesideIt() {
        absence.lost();
        assertThat(warnings.whole())
                .singleElement()
                .asString()
                .contains("connection is lost")
                .doesNotContain("error");
    }

    @Test
    void whyItIsStillAwayIsSaidOnceAMinute() {
        absence.lost();
        for (int second = 0; second < 179; second++) {
            nowNanos += TimeUnit.SECONDS.toNanos(1);
            absence.remains(moved);
        }
        assertThat(warnings.whole()).hasSize(3).last().asString().contains("still away", "MOVED 866", "minutes=\"2\"");
        breaker.close();
        absence.lost();
        nowNanos += TimeUnit.SECONDS.toNanos(61);
        absence.remains(moved);
        assertThat(warnings.all()).hasSize(5);
    }
}
