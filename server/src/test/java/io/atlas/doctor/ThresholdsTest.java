package io.atlas.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsTest {
    @ParameterizedTest
    @CsvSource({"0,0,OK", "199000,0,OK", "-200000,0,WARN", "4999999,0,WARN", "-5000000,0,FAIL", "300000,150000,OK"})
    void aClockIsJudgedByWhatIsCertainOfIt(long skewMicros, long doubtMicros, Diagnosis.Severity severity) {
        assertThat(Thresholds.clock("clock", skewMicros, doubtMicros).severity())
                .isEqualTo(severity);
    }

    @Test
    void aClockIsAheadOrBehind() {
        assertThat(Thresholds.clock("clock", -7_000, 0).says()).isEqualTo("7 ms behind this node's clock");
        assertThat(Thresholds.clock("clock", 7_000, 0).says()).isEqualTo("7 ms ahead of this node's clock");
    }

    @ParameterizedTest
    @CsvSource({"9999,OK", "10000,WARN", "1000000,FAIL"})
    void aLagIsJudgedByItsLines(long records, Diagnosis.Severity severity) {
        assertThat(Thresholds.lag(records).severity()).isEqualTo(severity);
    }

    @ParameterizedTest
    @CsvSource({"5368709120,OK", "5368709119,WARN", "1073741823,FAIL"})
    void aDiskIsJudgedByItsRoom(long bytes, Diagnosis.Severity severity) {
        assertThat(Thresholds.space(bytes).severity()).isEqualTo(severity);
    }

    @Test
    void filesMustDoForAllConnections() {
        assertThat(Thresholds.openFiles(1_024, 1_024).severity()).isEqualTo(Diagnosis.Severity.OK);
        assertThat(Thresholds.openFiles(1_024, 10_512).advice()).contains("10512", "LimitNOFILE");
    }

    @Test
    void whatCannotBeLookedAtIsBadAndTheRestIsLookedAt() {
        Doctor doctor = new Doctor(List.of(
                new Doctor.Check("redis", () -> {
                    throw new IllegalStateException("away");
                }),
                new Doctor.Check("backends", () -> List.of(Reach.of("gone", URI.create("http://127.0.0.1:1"))))));

        List<Diagnosis> all = doctor.examine();
        assertThat(all.stream().map(Diagnosis::check)).containsExactly("redis", "backend gone");
        assertThat(all.stream().map(Diagnosis::severity)).containsOnly(Diagnosis.Severity.FAIL);
        assertThat(all.getLast().says()).contains("127.0.0.1:1");
    }
}
