package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration;
import io.atlas.config.Durability;
import io.atlas.config.Endpoint;
import io.atlas.config.Key;
import io.atlas.config.Members;
import io.atlas.config.ServerSettings;
import io.atlas.config.Snapshot;
import io.atlas.config.Team;
import io.atlas.config.Tenant;
import io.atlas.config.Tenant.Disclosure;
import io.atlas.config.TierPlan;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Sla;
import io.atlas.kernel.tenant.ModelPattern;
import io.atlas.kernel.tenant.Tier;
import io.atlas.kernel.unit.Period;
import io.atlas.model.Backend;
import io.atlas.model.Deployment;
import io.atlas.model.Health;
import io.atlas.model.Health.Attention;
import io.atlas.model.Model;
import io.atlas.model.Simulation;
import io.atlas.secret.Digest;
import io.atlas.secret.Secret;
import io.atlas.yaml.Environment;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationReaderTest {
    private static final String EVERYTHING = """
            apiVersion: atlas/v1
            x-note: { anything: "${NOT_SET}" }
            server:
              listen: "${HOST}:9000"
              admin: { listen: "[::1]:9001", token: "${KEY}" }
              metrics: { listen: 0.0.0.0:9002 }
              data: /var/lib/atlas
              limits: { connections: 2k, body: 1MiB, head: 8KiB }
            quota: { store: memory }
            ledger: { store: sqlite, durability: process, receipts: 90d }
            limits: [ { cost: "20000 USD", per: month } ]
            backends:
              gpu: { type: vllm, url: "http://10.0.0.5:8000/prefix/", concurrency: 64, queue: 0, queueTimeout: 250ms, apiKey: "${OTHER}", health: { failures: 3, rest: 10s, path: /ready, interval: 2s, check: always } }
              sim: { type: sim, seed: 7, ttft: 0ms, tokensPerSecond: 5, slots: 2, simQueue: 3, errors: 0.5%, throttles: 1%, stalls: 2%, cuts: 3%, cached: 50%, reasoning: 100% }
            models:
              org/large:
                class: expert
                context: 1_000
                maxOutput: 500
                defaultOutput: 100
                price: { input: "2.50 USD", cachedInput: "1.25 USD", output: "10.00 USD" }
                deployments:
                  - { backend: gpu, model: Qwen/Qwen3-32B, weight: 3, cost: { input: "2 USD", output: "8 USD" } }
                  - { backend: sim }
                limits: [ { concurrent: 200 } ]
                downgrade: org/small
                fallback: org/small
              org/small: { price: { input: "0 USD", output: "0 USD" }, deployments: [ { backend: sim } ] }
            tiers:
              pro:
                priority: 10
                weight: 4
                models: [ org/large, "*", { class: expert } ]
                whenLow: [ downgrade, clamp ]
                sla: { ttft: 2s, tokensPerSecond: 20 }
                routing: { prefer: [ gpu ] }
                whenExhausted: { models: [ org/small ], limits: [ { tokens: 200k, per: day } ] }
                limits: [ { requests: 300, per: minute, burst: 60 }, { outputTokens: 1M, per: day } ]
            tenants:
              acme:
                tier: pro
                zone: Europe/Rome
                disclosure: minimal
                routing: { whenLow: [], prefer: [ sim, gpu ] }
                limits: [ { cost: "2.50 USD", per: week, lowWater: 5%, class: expert } ]
                teams:
                  search:
                    limits: [ { concurrent: 8 } ]
                    users: { ada: { limits: [ { tokens: 50k, per: year, model: org/large } ] }, bob: }
                    keys:
                      ci: { secret: "${KEY}", expires: 2027-01-01, user: ada, limits: [ { inputTokens: 5, per: hour } ] }
                keys:
                  app: { sha256: 2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE, expires: 2027-01-01T12:00:00+02:00, endUsers: { max: 100k, tier: pro } }
            """;

    private final Configuration read = Yaml.configuration(EVERYTHING);

    @Test
    void theServerIsReadAsWritten() {
        ServerSettings server = read.server();
        assertThat(server.listen()).isEqualTo(new Endpoint("127.0.0.1", 9000));
        assertThat(server.admin()).isEqualTo(new Endpoint("::1", 9001));
        assertThat(server.adminToken().map(Secret::reveal)).contains("k".repeat(16));
        assertThat(server.metrics()).contains(new Endpoint("0.0.0.0", 9002));
        assertThat(server.data()).isEqualTo(Path.of("/var/lib/atlas"));
        assertThat(server.limits()).isEqualTo(new ServerSettings.WireLimits(2_000, 1 << 20, 8 << 10));
        assertThat(read.durability()).isEqualTo(Durability.PROCESS);
        assertThat(read.receipts()).isEqualTo(Duration.ofDays(90));
        assertThat(read.limits()).containsExactly(LimitSpec.of(Kind.COST, Period.MONTH, 20_000_000_000_000L));
    }

    @Test
    void theVersionIsTheDigestOfTheBytes() {
        assertThat(read.version())
                .isEqualTo("sha256:"
                        + Digest.of(EVERYTHING.getBytes(StandardCharsets.UTF_8)).hex());
    }

    @Test
    void theBackendsAreReadAsWritten() {
        assertThat(read.backends()).containsOnlyKeys("gpu", "sim");
        Backend gpu = Yaml.at(read.backends(), "gpu");
        assertThat(gpu.apiKey().map(Secret::reveal)).contains("o".repeat(20));
        assertThat(gpu)
                .isEqualTo(new Backend(
                        "gpu",
                        Backend.Type.VLLM,
                        Optional.of(URI.create("http://10.0.0.5:8000/prefix")),
                        gpu.apiKey(),
                        64,
                        0,
                        Duration.ofMillis(250),
                        Optional.empty(),
                        new Health(
                                3,
                                Duration.ofSeconds(10),
                                Optional.of("/ready"),
                                Duration.ofSeconds(2),
                                Attention.ALWAYS)));
        assertThat(Yaml.at(read.backends(), "sim"))
                .isEqualTo(new Backend(
                        "sim",
                        Backend.Type.SIM,
                        Optional.empty(),
                        Optional.empty(),
                        256,
                        1_000,
                        Duration.ofSeconds(30),
                        Optional.of(new Simulation(7, Duration.ZERO, 5, 2, 3, 5, 10, 20, 30, 500, 1_000)),
                        Health.DEFAULT));
    }

    @Test
    void theModelsAreReadAsWritten() {
        Price price = new Price(2_500_000, 1_250_000, 10_000_000);
        assertThat(read.models())
                .isEqualTo(Map.of(
                        "org/large",
                        new Model(
                                "org/large",
                                "expert",
                                1_000,
                                500,
                                100,
                                price,
                                "org/large@2026-11-20",
                                List.of(
                                        new Deployment(
                                                "gpu",
                                                "Qwen/Qwen3-32B",
                                                3,
                                                new Price(2_000_000, 2_000_000, 8_000_000),
                                                Optional.empty(),
                                                Features.EVERY),
                                        new Deployment("sim", "org/large", 1, price, Optional.empty(), Features.EVERY)),
                                List.of(LimitSpec.concurrent(200)),
                                Optional.of("org/small"),
                                Optional.of("org/small")),
                        "org/small",
                        new Model(
                                "org/small",
                                "",
                                128_000,
                                128_000,
                                1_024,
                                Price.FREE,
                                "org/small@2026-11-20",
                                List.of(new Deployment(
                                        "sim", "org/small", 1, Price.FREE, Optional.empty(), Features.EVERY)),
                                List.of(),
                                Optional.empty(),
                                Optional.empty())));
    }

    @Test
    void theTiersAreReadAsWritten() {
        Tier tier = new Tier(
                "pro",
                10,
                4,
                List.of(
                        new ModelPattern.Named("org/large"),
                        new ModelPattern.Any(),
                        new ModelPattern.OfClass("expert")));
        LimitSpec requests =
                new LimitSpec(Kind.REQUESTS, Optional.of(Period.MINUTE), 300, 60, new Narrowing.Whole(), 20);
        LimitSpec output = LimitSpec.of(Kind.OUTPUT_TOKENS, Period.DAY, 1_000_000);
        assertThat(read.tiers())
                .isEqualTo(Map.of(
                        "pro",
                        new TierPlan(
                                tier,
                                List.of(requests, output),
                                List.of(Saving.DOWNGRADE, Saving.CLAMP),
                                Optional.of(new TierPlan.StandIn(
                                        List.of("org/small"), List.of(LimitSpec.of(Kind.TOKENS, Period.DAY, 200_000)))),
                                new Sla(Optional.of(Duration.ofSeconds(2)), OptionalInt.of(20)),
                                List.of("gpu"))));
    }

    @Test
    void theTenantsAreReadAsWritten() {
        LimitSpec week = new LimitSpec(
                Kind.COST,
                Optional.of(Period.WEEK),
                2_500_000_000L,
                2_500_000_000L,
                new Narrowing.ToClass("expert"),
                5);
        LimitSpec year = new LimitSpec(
                Kind.TOKENS, Optional.of(Period.YEAR), 50_000, 50_000, new Narrowing.ToModel("org/large"), 20);
        Key ci = new Key(
                "ci",
                Digest.of("k".repeat(16)),
                Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
                Optional.of("ada"),
                List.of(LimitSpec.of(Kind.INPUT_TOKENS, Period.HOUR, 5)),
                Optional.empty());
        Key app = new Key(
                "app",
                new Digest("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"),
                Optional.of(Instant.parse("2027-01-01T10:00:00Z")),
                Optional.empty(),
                List.of(),
                Optional.of(new Key.EndUsers(100_000, "pro", List.of("pro"))));
        Members members = new Members(Map.of("ada", List.of(year), "bob", List.of()), Map.of("ci", ci));
        assertThat(read.tenants())
                .isEqualTo(Map.of(
                        "acme",
                        new Tenant(
                                "acme",
                                "pro",
                                ZoneId.of("Europe/Rome"),
                                List.of(week),
                                Map.of("search", new Team("search", List.of(LimitSpec.concurrent(8)), members)),
                                new Members(Map.of(), Map.of("app", app)),
                                Optional.of(List.of()),
                                Optional.of(List.of("sim", "gpu")),
                                Disclosure.MINIMAL)));
    }

    @Test
    void whatIsLeftOutHasTheDefaultsOfTheContract() {
        Configuration defaults = Yaml.configuration(Yaml.WORLD + "tenants: { acme: { tier: pro } }\n");
        assertThat(defaults.server())
                .isEqualTo(new ServerSettings(
                        new Endpoint("127.0.0.1", 8080),
                        new Endpoint("127.0.0.1", 8081),
                        Optional.empty(),
                        Optional.empty(),
                        Path.of("./data"),
                        new ServerSettings.WireLimits(10_000, 10 << 20, 32 << 10)));
        assertThat(defaults.durability()).isEqualTo(Durability.DISK);
        assertThat(defaults.receipts()).isEqualTo(Duration.ofDays(30));
        Price price = new Price(1_000_000, 1_000_000, 2_000_000);
        assertThat(Yaml.at(defaults.models(), "small"))
                .isEqualTo(new Model(
                        "small",
                        "basic",
                        128_000,
                        128_000,
                        1_024,
                        price,
                        "small@2026-11-20",
                        List.of(new Deployment("sim", "small", 1, price, Optional.empty(), Features.EVERY)),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(Yaml.at(defaults.backends(), "sim").simulation()).contains(Simulation.DEFAULT);
        assertThat(Yaml.at(defaults.tiers(), "pro").tier())
                .isEqualTo(new Tier("pro", 0, 1, List.of(new ModelPattern.Any())));
        assertThat(Yaml.at(defaults.tiers(), "pro").whenLow()).isEmpty();
        assertThat(Yaml.at(defaults.tenants(), "acme"))
                .isEqualTo(new Tenant(
                        "acme",
                        "pro",
                        ZoneOffset.UTC,
                        List.of(),
                        Map.of(),
                        Members.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Disclosure.FULL));
    }

    @Test
    void theExampleHasNoFindingAndResolves() throws IOException {
        Path example = Path.of("..", "atlas.example.yaml");
        Environment environment =
                name -> Optional.of(name.equals("OPS_HOOK_SECRET") ? "whsec_" + "QUJD".repeat(8) : "value-of-" + name);
        Reading reading =
                ConfigurationReader.read("atlas.example.yaml", Files.readAllBytes(example), environment, Yaml.TODAY);
        assertThat(Yaml.printed(reading)).isEmpty();
        Snapshot snapshot = new Snapshot(((Reading.Valid) reading).configuration());
        assertThat(snapshot.principals()).hasSize(6);
    }

    @Test
    void aValidReadingKeepsItsWarnings() {
        Reading reading = Yaml.read(Yaml.WORLD.replace("\"*\"", "small"));
        assertThat(reading).isInstanceOf(Reading.Valid.class);
        assertThat(Yaml.printed(reading))
                .containsExactly("atlas.yaml:6:3: warning: large: unused (expected: a tier that may use it)");
    }

    @Test
    void everyFindingIsReportedAtOnceInTheOrderOfTheFile() {
        assertThat(Yaml.findings("""
                        apiVersion: atlas/v2
                        tenants:
                          acme: { tier: pro, keys: { ci: { secret: short } } }
                        backends:
                          sim: { typ: sim }
                        modles: {}
                        limits: { tokens: 5 }
                        """))
                .containsExactly(
                        "atlas.yaml:1:13: error: apiVersion: atlas/v2 (expected: atlas/v1)",
                        "atlas.yaml:3:17: error: tier: pro (expected: a tier; none is declared)",
                        "atlas.yaml:3:44: error: secret: *** (expected: 16 to 256 visible ASCII characters)",
                        "atlas.yaml:3:44: warning: secret: written in clear (expected: \"${NAME}\" or \"${file:/path}\")",
                        "atlas.yaml:5:3: error: type: missing (expected: one of ollama, openai, sglang, sim, vllm)",
                        "atlas.yaml:5:10: error: typ: unknown key (expected: one of apiKey, cached, concurrency, cuts, errors, health, "
                                + "queue, queueTimeout, reasoning, seed, simQueue, slots, stalls, throttles, tokensPerSecond, ttft, …; "
                                + "did you mean `type`?)",
                        "atlas.yaml:6:1: error: modles: unknown key (expected: one of alerts, apiVersion, backends, credits, ledger, limits, models, "
                                + "pools, quota, server, telemetry, tenants, tiers; did you mean `models`?)",
                        "atlas.yaml:7:9: error: limits: a mapping (expected: a list)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing but a comment\n", "{}"})
    void anEmptyFileLacksItsVersion(String yaml) {
        assertThat(Yaml.findings(yaml))
                .containsExactly("atlas.yaml:1:1: error: apiVersion: missing (expected: atlas/v1)");
    }

    @Test
    void aFileThatIsNoMappingIsOneError() {
        assertThat(Yaml.findings("- apiVersion: atlas/v1\n"))
                .containsExactly("atlas.yaml:1:1: error: atlas.yaml: a list (expected: a mapping)");
    }

    @Test
    void aStoreThatIsNotBuiltYetSaysSo() {
        assertThat(Yaml.findings(Yaml.WORLD + """
                        ledger: { store: postgres, durability: disc }
                        """))
                .containsExactly(
                        "atlas.yaml:9:18: error: store: postgres (expected: one of postgresql, sqlite; did you mean `postgresql`?)",
                        "atlas.yaml:9:40: error: durability: disc (expected: one of disk, process; did you mean `disk`?)");
    }

    @Test
    void aFloodOfFindingsIsCutAndSaysSo() {
        assertThat(Yaml.findings(Yaml.WORLD + "tenants: [ ] \n" + "limits:\n" + "  - 5\n".repeat(2_000)))
                .hasSize(1_001)
                .last()
                .asString()
                .endsWith("error: and more, which are not listed");
    }
}
