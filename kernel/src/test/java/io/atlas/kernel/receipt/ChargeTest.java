package io.atlas.kernel.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.unit.Usage;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract's table "What is charged", a test for each row. */
class ChargeTest {
    private static final Optional<Usage> REPORTED = Optional.of(new Usage(310, 10, 55, 5));
    private static final Usage COUNTED = Usage.of(300, 50);

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"NEVER_SENT", "BACKEND_ERROR", "DIED_UNSENT"})
    void refusedNeverSentOrAnsweredWithAnErrorCostsNothing(Ending ending) {
        assertThat(Charge.of(ending, REPORTED, COUNTED)).isEqualTo(new Charge(false, Usage.NONE, UsageSource.UNKNOWN));
    }

    @Test
    void servedCostsWhatTheBackendReported() {
        assertThat(Charge.of(Ending.SERVED, REPORTED, COUNTED))
                .isEqualTo(new Charge(true, REPORTED.orElseThrow(), UsageSource.REPORTED));
    }

    @Test
    void servedWithoutAReportCostsWhatWasCounted() {
        assertThat(Charge.of(Ending.SERVED, Optional.empty(), COUNTED))
                .isEqualTo(new Charge(true, COUNTED, UsageSource.COUNTED));
    }

    @Test
    void brokenOffBeforeTheFirstByteCostsTheCountedInput() {
        Charge charge = new Charge(true, Usage.of(300, 0), UsageSource.COUNTED);
        assertThat(Charge.of(Ending.BROKEN_BEFORE_FIRST_BYTE, Optional.empty(), COUNTED))
                .isEqualTo(charge);
        assertThat(Charge.of(Ending.BROKEN_BEFORE_FIRST_BYTE, REPORTED, COUNTED))
                .isEqualTo(charge);
    }

    @Test
    void brokenOffAfterItCostsInputAndTheOutputRelayed() {
        assertThat(Charge.of(Ending.BROKEN_AFTER_FIRST_BYTE, Optional.empty(), COUNTED))
                .isEqualTo(new Charge(true, COUNTED, UsageSource.COUNTED));
    }

    @Test
    void brokenOffAfterItCostsTheBackendsLastRunningCountIfItGaveOne() {
        assertThat(Charge.of(Ending.BROKEN_AFTER_FIRST_BYTE, REPORTED, COUNTED))
                .isEqualTo(new Charge(true, REPORTED.orElseThrow(), UsageSource.REPORTED));
    }

    @Test
    void afterTheProcessDiedTheLastCheckpointIsCharged() {
        assertThat(Charge.of(Ending.DIED_SENT, Optional.empty(), COUNTED))
                .isEqualTo(new Charge(true, COUNTED, UsageSource.ESTIMATED));
        assertThat(Charge.of(Ending.DIED_SENT, REPORTED, COUNTED))
                .isEqualTo(new Charge(true, REPORTED.orElseThrow(), UsageSource.ESTIMATED));
    }

    @Test
    void wordsAreThoseOfTheContract() {
        assertThat(Outcome.values())
                .extracting(Outcome::word)
                .containsExactly("served", "refused", "failed", "aborted");
        assertThat(UsageSource.values())
                .extracting(UsageSource::word)
                .containsExactly("reported", "counted", "estimated", "unknown");
        assertThat(new Served("small", "gpu-a").deployment()).isEqualTo("small@gpu-a");
    }
}
