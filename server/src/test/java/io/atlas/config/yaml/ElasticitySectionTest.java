package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.quota.LimitSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ElasticitySectionTest {
    @Test
    void aRateMayFollowTheHourAndTheLoad() {
        List<LimitSpec> limits = Yaml.configuration(
                        Yaml.WORLD
                                + "limits: [ { tokens: 5k, per: hour, burst: 1k, adaptive: { floor: 1k, cap: 9k },"
                                + " schedule: { Mon-Fri 08:00-19:00: 0.5, \"Sat,Sun 22:00-06:00\": 12 } }, { requests: 5, per: day } ]\n")
                .limits();

        Elasticity how = limits.getFirst().elasticity().orElseThrow();
        assertThat(how.amount()).isEqualTo(5_000);
        assertThat(how.burst()).isEqualTo(1_000);
        assertThat(how.range()).isEqualTo(Optional.of(new Elasticity.Range(1_000, 9_000)));
        assertThat(how.schedule().orElseThrow().parts())
                .extracting(part -> part.hours().text() + " " + part.perMille())
                .containsExactly("Mon-Fri 08:00-19:00 500", "Sat,Sun 22:00-06:00 12000");
        assertThat(limits.getLast().elasticity()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsReportedWithPlaceAndExpectation(String limit, List<String> findings) {
        assertThat(Yaml.findings(Yaml.WORLD + "limits: [ " + limit + " ]\n"))
                .containsExactlyElementsOf(
                        findings.stream().map(at -> "atlas.yaml:9:" + at).toList());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "{ tokens: 5, per: day, adaptive: { floor: 1, cap: 9 }, schedule: { Mon 08:00-19:00: 2 } }",
                        "34: error: adaptive: beside a limit without it (expected: per second, minute or hour)",
                        "66: error: schedule: beside a limit without it (expected: per second, minute or hour)"),
                mistake(
                        "{ concurrent: 5, schedule: { Mon 08:00-19:00: 0.5 } }",
                        "28: error: schedule: beside a limit without it (expected: per second, minute or hour)"),
                mistake(
                        "{ tokens: 5, per: hour, mode: shadow, adaptive: { floor: 1, cap: 9 } }",
                        "49: error: adaptive: beside mode: shadow (expected: one of the two)"),
                mistake(
                        "{ tokens: 5, per: hour, adaptive: { floor: 6, cap: 9 } }",
                        "35: error: adaptive: not around the amount (expected: floor <= amount <= cap)"),
                mistake(
                        "{ tokens: 5, per: hour, adaptive: { floor: 1 } }",
                        "35: error: cap: missing (expected: 1 to 9_000_000G)"),
                mistake(
                        "{ tokens: 5, per: hour, each: endUser, adaptive: { floor: 5, cap: 9, top: 1 } }",
                        "50: error: adaptive: beside each: endUser (expected: one of the two)",
                        "80: error: top: unknown key (expected: one of cap, floor)"),
                mistake(
                        "{ tokens: 5, per: hour, schedule: { Mon-Fri 8-19: 0.5, Mon 08:00-19:00: 0 } }",
                        "47: error: schedule: Mon-Fri 8-19 (expected: days and hours such as \"Mon-Fri 08:00-19:00\" or \"Sat,Sun 22:00-06:00\")",
                        "83: error: Mon 08:00-19:00: 0 (expected: 0.001 to 100)"),
                mistake(
                        "{ tokens: 5, per: hour, schedule: { Mon-Fri 22:00-06:00: 2, Sat 05:59-07:00: 0.5 } }",
                        "71: error: schedule: Sat 05:59-07:00: overlaps Mon-Fri 22:00-06:00 (expected: each hour of the week once)"));
    }

    private static Arguments mistake(String limit, String... findings) {
        return Arguments.of(limit, List.of(findings));
    }
}
