package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.ledger.postgresql.Postgres;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What tokens cost us where they were served: operators are told, by request and by group, and tenants are not. */
@Timeout(60)
class MarginTest {
    private static final String KEY = "key-of-the-acme-app";
    private static final String CONFIGURATION = """
            backends:
              own: { type: vllm, url: "${oracle}" }
            models:
              priced:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: own, model: words-8, cost: { input: "0.7 USD", output: "3.3333 USD" } } ]
              dumped:
                price: { input: "1 USD", output: "1 USD" }
                deployments: [ { backend: own, model: words-8, cost: { input: "3 USD", output: "3 USD" } } ]
              plain:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: own, model: words-8 } ]
              broken:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: own, model: error-500, cost: { input: "1 USD", output: "1 USD" } } ]
            tiers:
              pro: { models: [ "*" ] }
            tenants:
              acme: { tier: pro, limits: [ { cost: "1 USD", per: day } ], keys: { app: { secret: key-of-the-acme-app } } }
            """;
    private static final String SHARED = """
            ledger: { store: postgresql, postgresql: { url: "${database}", user: postgres } }
            """;

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private final List<RunningAtlas> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(RunningAtlas::close);
        oracle.close();
    }

    @Test
    void operatorsSeeWhatARequestCostUsAndItsTenantDoesNot() throws Exception {
        RunningAtlas atlas = start("one", CONFIGURATION, Map.of());
        Reply reply = ask(atlas, "priced");
        String id = reply.header("x-request-id");

        Reply own = atlas.get(KEY, "/v1/decisions/" + id).expect(200);
        JsonNode full = atlas.admin("/admin/v1/decisions/" + id).expect(200).json();

        assertThat(full.path("provider_cost_nano_usd").asLong()).isEqualTo(providerNanoUsd(full, 7_000, 33_333));
        assertThat(full.path("provider_cost_nano_usd").asLong())
                .isPositive()
                .isLessThan(full.path("cost_nano_usd").asLong());
        assertThat(own.body()).doesNotContain("provider", "margin");
        assertThat(full.propertyStream()
                        .filter(field -> !field.getKey().equals("provider_cost_nano_usd"))
                        .toList())
                .isEqualTo(own.json().propertyStream().toList());
        for (String path : List.of("/v1/quota", "/v1/models", "/v1/models/priced")) {
            assertThat(atlas.get(KEY, path).expect(200).body()).doesNotContain("provider", "margin");
        }
        assertThat(reply.body() + reply.headers()).doesNotContain("provider", "margin");
    }

    @Test
    void usageHasTheMarginOfEveryGroup() throws Exception {
        RunningAtlas atlas = start("one", CONFIGURATION, Map.of());
        for (String model : List.of("priced", "priced", "dumped", "plain")) {
            ask(atlas, model);
        }
        atlas.chat(KEY, Chat.of("broken", "hello").maxTokens(10)).expect(502);

        JsonNode usage = atlas.admin("/admin/v1/usage?by=model").expect(200).json();

        assertThat(row(usage, "priced").path("provider_cost_nano_usd").asLong())
                .isEqualTo(2 * providerNanoUsd(one(atlas, "priced"), 7_000, 33_333));
        assertThat(row(usage, "dumped").path("provider_cost_nano_usd").asLong())
                .isEqualTo(3 * row(usage, "dumped").path("cost_nano_usd").asLong());
        assertThat(row(usage, "dumped").path("margin_nano_usd").asLong())
                .isEqualTo(-2 * row(usage, "dumped").path("cost_nano_usd").asLong());
        assertThat(row(usage, "plain").path("provider_cost_nano_usd").asLong())
                .isEqualTo(row(usage, "plain").path("cost_nano_usd").asLong());
        assertThat(row(usage, "plain").path("margin_nano_usd").asLong()).isZero();
        assertThat(row(usage, "broken").path("provider_cost_nano_usd").asLong()).isZero();
        assertThat(usage.path("total").path("margin_nano_usd").asLong())
                .isEqualTo(usage.path("total").path("cost_nano_usd").asLong()
                        - usage.path("total").path("provider_cost_nano_usd").asLong());
        assertThat(atlas.metric("atlas_provider_cost_usd_total{model=\"priced\",tenant=\"acme\",tier=\"pro\"}"))
                .isEqualTo(row(usage, "priced").path("provider_cost_nano_usd").asLong() / 1e9);
    }

    @Test
    void whereNodesShareALedgerTheMarginIsThatOfAll() throws Exception {
        Map<String, String> database =
                Map.of("database", Postgres.create().settings().url());
        RunningAtlas one = start("one", CONFIGURATION + SHARED, database);
        RunningAtlas two = start("two", CONFIGURATION + SHARED, database);
        ask(one, "priced");
        String id = ask(two, "priced").header("x-request-id");
        Await.until(
                "the lines of both",
                () -> row(one.admin("/admin/v1/usage?by=model").json(), "priced")
                                .path("requests")
                                .asLong()
                        == 2);

        JsonNode usage = one.admin("/admin/v1/usage?by=model").expect(200).json();
        JsonNode elsewhere = one.admin("/admin/v1/decisions/" + id).expect(200).json();

        assertThat(elsewhere.path("provider_cost_nano_usd").asLong())
                .isEqualTo(providerNanoUsd(elsewhere, 7_000, 33_333));
        assertThat(row(usage, "priced").path("provider_cost_nano_usd").asLong())
                .isEqualTo(2 * elsewhere.path("provider_cost_nano_usd").asLong());
        assertThat(one.get(KEY, "/v1/decisions/" + id).expect(200).body()).doesNotContain("provider", "margin");
    }

    /** By hand: so many tenths of a nano-dollar a token, rounded up once. */
    private static long providerNanoUsd(JsonNode receipt, long input, long output) {
        JsonNode usage = receipt.path("usage");
        long sum = usage.path("input_tokens").asLong() * input
                + usage.path("output_tokens").asLong() * output;
        return Math.ceilDiv(sum, 10);
    }

    private static JsonNode one(RunningAtlas atlas, String model) throws Exception {
        JsonNode row = atlas.admin("/admin/v1/decisions?model=" + model)
                .expect(200)
                .json()
                .path("rows")
                .path(0);
        return atlas.admin("/admin/v1/decisions/" + row.path("id").asString())
                .expect(200)
                .json();
    }

    private static JsonNode row(JsonNode usage, String model) {
        return usage.path("rows")
                .valueStream()
                .filter(row -> row.path("model").asString("").equals(model))
                .findFirst()
                .orElseThrow();
    }

    private static Reply ask(RunningAtlas atlas, String model) throws Exception {
        return atlas.chat(KEY, Chat.ofTokens(model, 53).maxTokens(60)).expect(200);
    }

    private RunningAtlas start(String name, String configuration, Map<String, String> names) throws Exception {
        Map<String, String> all = new HashMap<>(names);
        all.put("oracle", oracle.uri().toString());
        RunningAtlas atlas = RunningAtlas.start(Files.createDirectory(folder.resolve(name)), configuration, all);
        nodes.add(atlas);
        return atlas;
    }
}
