package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that another one makes pointless are warned of, and no others. */
class FutileTest {
    private static final String HEAD = Yaml.WORLD + "tenants: { acme: { tier: pro, limits: [ ";
    private static final String TEAM = " ], teams: { search: { limits: [ ";
    private static final String TAIL = " ] } } } }\n";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ tokens: 100, per: day }      | { tokens: 100, per: day }",
                "{ tokens: 100, per: day }      | { inputTokens: 200, per: day }",
                "{ tokens: 100, per: day }      | { tokens: 100, per: day, model: small }",
                "{ tokens: 100, per: day, class: basic } | { tokens: 200, per: day, model: small }",
                "{ tokens: 100, per: month }    | { tokens: 100, per: day }",
                "{ tokens: 100, per: day }      | { tokens: 700, per: week }",
                "{ tokens: 100, per: day }      | { tokens: 3100, per: month }",
                "{ requests: 60, per: minute }  | { requests: 3600, per: hour }",
                "{ requests: 60, per: minute }  | { requests: 60, per: minute, burst: 100 }",
                "{ requests: 10, per: minute }  | { requests: 17k, per: day }",
                "{ requests: 100, per: day }    | { requests: 200, per: minute }",
                "{ concurrent: 8 }              | { concurrent: 8 }"
            })
    void aLimitThatIsNeverReachedIsNamedWithTheOneBeforeIt(String ofTenant, String ofTeam) {
        int column = (HEAD + ofTenant + TEAM).lines().toList().getLast().length() + 1;
        String wider = ofTenant.replaceAll("^\\{ (\\w+): .*", "$1");
        assertThat(Yaml.findings(HEAD + ofTenant + TEAM + ofTeam + TAIL))
                .singleElement()
                .asString()
                .startsWith("atlas.yaml:9:" + column + ": warning: ")
                .contains(": never reached (expected: less than acme:" + wider)
                .endsWith(" lets through)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ tokens: 100, per: day }      | { tokens: 99, per: day }",
                "{ inputTokens: 100, per: day } | { tokens: 200, per: day }",
                "{ tokens: 100, per: day, model: small } | { tokens: 200, per: day }",
                "{ tokens: 100, per: day, class: basic } | { tokens: 200, per: day, model: large }",
                "{ tokens: 100, per: week }     | { tokens: 150, per: month }",
                "{ tokens: 100, per: day }      | { tokens: 699, per: week }",
                "{ tokens: 100, per: month }    | { tokens: 199, per: week }",
                "{ requests: 60, per: minute, burst: 100 } | { requests: 60, per: minute }",
                "{ requests: 60, per: minute }  | { requests: 3000, per: hour }",
                "{ requests: 10, per: minute }  | { requests: 15k, per: day }",
                "{ requests: 100, per: day }    | { requests: 199, per: minute }",
                "{ requests: 2k, per: day }     | { requests: 1, per: minute, burst: 4k }",
                "{ concurrent: 8 }              | { concurrent: 7 }"
            })
    void aLimitThatMayBeReachedIsNot(String ofTenant, String ofTeam) {
        assertThat(Yaml.findings(HEAD + ofTenant + TEAM + ofTeam + TAIL)).isEmpty();
    }

    @Test
    void windowsOfOtherZonesAreNotCompared() {
        String file = Yaml.WORLD + "limits: [ { tokens: 100, per: day } ]\n"
                + "tenants: { acme: { tier: pro, zone: ZONE, limits: [ { tokens: 100, per: day } ] } }\n";
        assertThat(Yaml.findings(file.replace("ZONE", "UTC"))).hasSize(1);
        assertThat(Yaml.findings(file.replace("ZONE", "Europe/Rome"))).isEmpty();
    }

    @Test
    void whatReplacesALimitOfItsTierIsNotHeldAgainstIt() {
        String file = Yaml.WORLD.replace("[ \"*\" ]", "[ \"*\" ], limits: [ { tokens: 100, per: day } ]")
                + "tenants: { acme: { tier: pro, limits: [ { tokens: 200, per: day } ] } }\n";
        assertThat(Yaml.findings(file)).isEmpty();
    }

    @Test
    void aLimitOfAKeyIsComparedWithThatOfItsUser() {
        String file =
                Yaml.WORLD + "tenants: { acme: { tier: pro, users: { ada: { limits: [ { tokens: 5, per: day } ] } },\n"
                        + " keys: { ci: { secret: \"${KEY}\", user: ada, limits: [ { tokens: 6, per: day } ] } } } }\n";
        assertThat(Yaml.findings(file))
                .containsExactly("atlas.yaml:10:55: warning: tokens/day: never reached (expected: less than"
                        + " acme/users/ada:tokens/day lets through)");
    }

    @Test
    void aTierThatNoTenantIsOnIsNamed() {
        String file = Yaml.WORLD + "  free: { models: [ small ] }\ntenants: { acme: { tier: pro } }\n";
        assertThat(Yaml.findings(file))
                .containsExactly("atlas.yaml:9:3: warning: free: unused (expected: a tenant on it)");
    }
}
