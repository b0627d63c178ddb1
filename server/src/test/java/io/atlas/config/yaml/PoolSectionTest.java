package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.atlas.config.Configuration;
import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Period;
import io.atlas.model.Pool;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolSectionTest {
    private static final String DRAWN = Yaml.WORLD.replace(
            "deployments: [ { backend: sim } ] }\n  large", "deployments: [ { backend: sim, pool: west } ] }\n  large");

    @Test
    void aPoolHasRatesAndItsDeploymentsNameIt() {
        Configuration read = Yaml.configuration(DRAWN + """
                pools:
                  west: { limits: [ { tokens: 2M, per: minute }, { requests: 600, per: minute, burst: 10 } ], counts: reserved }
                """);

        assertThat(Yaml.at(read.pools(), "west"))
                .isEqualTo(new Pool(
                        "west",
                        List.of(
                                LimitSpec.of(Kind.TOKENS, Period.MINUTE, 2_000_000),
                                LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 600).sized(600, 10)),
                        Pool.Counts.RESERVED));
        assertThat(Yaml.at(read.models(), "small").deployments().getFirst().pool())
                .contains("west");
        assertThat(Yaml.at(read.models(), "large").deployments().getFirst().pool())
                .isEmpty();
    }

    @Test
    void nearlyAllOfALimitIsGivenOutAndItStandsOnNoCallersPath() {
        Snapshot snapshot = new Snapshot(Yaml.configuration(DRAWN + """
                pools: { west: { limits: [ { tokens: 100k, per: minute }, { requests: 1, per: second } ] } }
                """));

        assertThat(snapshot.pool("west").limits())
                .extracting(Limit::id, limit -> limit.spec().capacity())
                .containsExactly(tuple("pool/west:tokens/minute", 97_000L), tuple("pool/west:requests/second", 1L));
        assertThat(snapshot.limits()).containsAll(snapshot.pool("west").limits());
    }

    @Test
    void whatIsWrongWithAPoolIsSaidWithItsPlace() {
        assertThat(Yaml.findings(DRAWN + """
                pools:
                  west:
                    limits:
                      - { tokens: 5, per: day }
                      - { cost: "5 USD", per: minute }
                      - { requests: 5 }
                      - { tokens: 5, requests: 5, per: minute }
                      - { tokens: 7, per: minute }
                  east: { counts: nothing }
                """))
                .containsExactly(
                        "atlas.yaml:12:27: error: per: day (expected: one of hour, minute, second)",
                        "atlas.yaml:13:9: error: kind: missing (expected: exactly one of requests, tokens, inputTokens, outputTokens)",
                        "atlas.yaml:13:11: error: cost: unknown key (expected: one of burst, inputTokens, outputTokens, per, requests, tokens)",
                        "atlas.yaml:14:9: error: per: missing (expected: one of hour, minute, second)",
                        "atlas.yaml:15:11: error: tokens: beside requests (expected: exactly one of requests, tokens, inputTokens, outputTokens)",
                        "atlas.yaml:17:3: warning: east: unused (expected: a deployment with pool: east)",
                        "atlas.yaml:17:19: error: counts: nothing (expected: one of reported, reserved)");
    }

    @Test
    void aSortOfLimitStandsOnceInAPool() {
        assertThat(Yaml.findings(DRAWN + """
                pools: { west: { limits: [ { tokens: 5, per: minute }, { tokens: 7, per: minute } ] } }
                """))
                .containsExactly("atlas.yaml:9:56: error: tokens/minute: twice (expected: once in a pool)");
    }

    @Test
    void aDeploymentDrawsOnAPoolOfTheFile() {
        assertThat(Yaml.findings(DRAWN + "pools: { wset: {} }\n"))
                .contains("atlas.yaml:5:107: error: pool: west (expected: wset)")
                .anyMatch(finding -> finding.contains("wset: unused"));
    }

    @Test
    void noTenantIsCalledPool() {
        assertThat(Yaml.findings(Yaml.WORLD + "tenants: { pool: { tier: pro } }\n"))
                .anyMatch(finding -> finding.contains(
                        "tenant: pool (expected: 1 to 64 of letters, digits, . _ - :; not gateway or model or pool)"));
    }
}
