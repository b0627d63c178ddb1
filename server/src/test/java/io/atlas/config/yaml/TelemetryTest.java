package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration;
import io.atlas.config.TelemetrySettings;
import io.atlas.config.TelemetrySettings.AccessLines;
import io.atlas.config.TelemetrySettings.TraceSettings;
import io.atlas.secret.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code telemetry}, on the ninth line. */
class TelemetryTest {
    private static final String TRACES =
            "{ traces: { endpoint: \"http://c:4318/\", sample: 0.5%, headers: \"Authorization=Bearer ${KEY},x=${OTHER}\" }, accessLog: json }";

    @Test
    void allOfItIsReadAndItsSecretsAreNotShown() {
        TelemetrySettings read = configuration(TRACES).telemetry();
        assertThat(read)
                .isEqualTo(new TelemetrySettings(
                        Optional.of(new TraceSettings(
                                URI.create("http://c:4318"),
                                5,
                                Map.of(
                                        "authorization",
                                        new Secret("Bearer " + "k".repeat(16)),
                                        "x",
                                        new Secret("o".repeat(20))))),
                        AccessLines.JSON));
        assertThat(read.toString()).doesNotContain("kkkk", "oooo");
    }

    @Test
    void nobodyIsToldWhereNothingIsSaidAndOneInAHundredWhereNoShareIs() {
        assertThat(configuration("{}").telemetry()).isEqualTo(TelemetrySettings.NONE);
        assertThat(configuration("{ traces: { endpoint: \"http://c:4318\" } }")
                        .telemetry()
                        .traces()
                        .map(TraceSettings::samplePerMille))
                .contains(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { traces: {} }                             | 14: error: endpoint: missing (expected: http://HOST[:PORT][/PREFIX] or https://..., without user, query or fragment)
            { traces: { endpoint: "http://c", sample: 0.01 } } | 54: error: sample: 0.01 (expected: 0% to 100%, at most one decimal)
            { traces: { endpoint: "http://c", headers: "s3cret" } } | 55: error: headers: *** (expected: NAME=VALUE, more of them after commas)
            { traces: { endpoint: "http://c", headers: "a=b,,c=s3cret" } } | 55: error: headers: *** (expected: NAME=VALUE, more of them after commas)
            { accessLog: text }                        | 25: error: accessLog: text (expected: one of json, none)
            { trace: {} }                              | 14: error: trace: unknown key (expected: one of accessLog, traces; did you mean `traces`?)
            """)
    void aMistakeIsReportedWithPlaceAndExpectation(String section, String finding) {
        assertThat(Yaml.findings(Yaml.WORLD + "telemetry: " + section + "\n"))
                .contains("atlas.yaml:9:" + finding)
                .noneMatch(text -> text.contains("s3cret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            accessLog: json | accessLog: none | telemetry.accessLog: changed (expected: json, as it runs, or a restart)
            c:4318          | d:4318          | telemetry.traces.endpoint: changed (expected: http://c:4318, as it runs, or a restart)
            0.5%            | 1%              | telemetry.traces.sample: changed (expected: 0.5%, as it runs, or a restart)
            ${OTHER}        | ${KEY}          | telemetry.traces.headers: changed (expected: {
            """)
    void aChangeNeedsARestart(String from, String to, String finding) {
        assertThat(TRACES).contains(from);
        byte[] next = (Yaml.WORLD + "telemetry: " + TRACES.replace(from, to) + "\n").getBytes(StandardCharsets.UTF_8);
        Reading reading = ConfigurationReader.read(
                "atlas.yaml",
                next,
                name -> Optional.of(name.equals("KEY") ? "k".repeat(16) : "o".repeat(20)),
                Yaml.TODAY,
                configuration(TRACES));
        assertThat(Yaml.printed(reading))
                .anySatisfy(found ->
                        assertThat(found).contains("atlas.yaml:9:", finding).doesNotContain("kkkk"));
    }

    private static Configuration configuration(String section) {
        return ((Reading.Valid) Yaml.read(Yaml.WORLD + "telemetry: " + section + "\n")).configuration();
    }
}
