package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What would become of a request is what becomes of it, and asking costs nothing. */
@Timeout(60)
class CheckTest {
    /** 43 words, which the upstream counts, and 8 that it says. */
    private static final Chat CHAT = Chat.ofTokens("large", 50).maxTokens(60);

    /** What only the way itself can know. */
    private static final Set<String> OF_THE_WAY = Set.of("attempt", "settle", "save", "advise", "queue");

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              large: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle, model: words-8 } ], downgrade: small }
              small: { price: { input: "0.2 USD", output: "0.8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
              other: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle, model: words-8 } ] }
              vectors: { price: { input: "1 USD", output: "0 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ large, small, vectors ], whenLow: [ downgrade ] }
              used: { models: [ large, small ], limits: [ { tokens: 120, per: day } ], whenExhausted: { models: [ small ], limits: [ { tokens: 500, per: day } ] } }
            tenants:
              plain: { tier: pro, limits: [ { tokens: 100k, per: day }, { concurrent: 3 } ], keys: { app: { secret: key-of-the-plain-one } } }
              cheaper: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], keys: { app: { secret: key-of-the-cheaper } } }
              shorter: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], routing: { whenLow: [ clamp ] }, keys: { app: { secret: key-of-the-shorter } } }
              talker: { tier: pro, limits: [ { cost: "0.003 USD", per: month, lowWater: 100% } ], routing: { whenLow: [ trim ] }, keys: { app: { secret: key-of-the-talker } } }
              spent: { tier: used, keys: { app: { secret: key-of-the-spent-one } } }
              full: { tier: pro, limits: [ { requests: 1, per: day } ], keys: { app: { secret: key-of-the-full-one } } }
              crowd:
                tier: pro
                keys: { app: { secret: key-of-the-crowded, endUsers: { max: 1, tier: pro } } }
                teams: { red: { keys: { twin: { secret: key-of-the-red-twin } } }, blue: { keys: { twin: { secret: key-of-the-blue-twin } } } }
            """;

    private static OracleUpstream oracle;
    private static RunningAtlas atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterAll
    static void stop() {
        atlas.close();
        oracle.close();
    }

    @ParameterizedTest
    @CsvSource({
        "key-of-the-plain-one, 0, served, large, ",
        "key-of-the-cheaper, 1, served, small, downgrade",
        "key-of-the-shorter, 1, served, large, clamp",
        "key-of-the-talker, 1, served, large, trim",
        "key-of-the-spent-one, 1, served, small, stand_in",
        "key-of-the-full-one, 1, refused, , refuse"
    })
    void whatIsForetoldHappens(String key, int before, String outcome, String model, String move) throws Exception {
        for (int i = 0; i < before; i++) {
            atlas.chat(key, CHAT).expect(200);
        }
        Chat chat = conversation();

        JsonNode foretold = atlas.check(key, chat).expect(200).json();
        assertThat(atlas.check(key, chat).expect(200).json().path("limits")).isEqualTo(foretold.path("limits"));
        Reply reply = atlas.chat(key, chat);
        JsonNode receipt = atlas.get(key, "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json();

        assertThat(foretold.path("outcome").asString()).isEqualTo(outcome);
        assertThat(foretold.path("outcome")).isEqualTo(receipt.path("outcome"));
        assertThat(foretold.path("reason")).isEqualTo(receipt.path("reason"));
        assertThat(foretold.path("status").asInt()).isEqualTo(reply.status());
        assertThat(foretold.path("caller")).isEqualTo(receipt.path("caller"));
        assertThat(foretold.path("asked")).isEqualTo(receipt.path("asked"));
        assertThat(foretold.path("configuration")).isEqualTo(receipt.path("configuration"));
        assertThat(steps(foretold)).isEqualTo(steps(receipt));
        if (move != null) {
            assertThat(steps(foretold)).anyMatch(step -> step.startsWith("\"" + move + "\""));
        }
        if (outcome.equals("served")) {
            assertServed(foretold, reply, receipt, model);
        } else {
            assertThat(foretold.path("remedies").values().stream()
                            .map(remedy -> remedy.path("kind").asString()))
                    .containsExactlyElementsOf(reply.remedies());
        }
    }

    private static void assertServed(JsonNode foretold, Reply reply, JsonNode receipt, String model) {
        JsonNode served = foretold.path("served");
        assertThat(served.path("model").asString()).isEqualTo(model).isEqualTo(reply.header("x-atlas-model"));
        assertThat(Optional.of(served.path("downgraded_from").asString("")).filter(name -> !name.isEmpty()))
                .isEqualTo(reply.maybe("x-atlas-downgraded-from"));
        assertThat(served.path("trimmed_tokens").asString())
                .isEqualTo(reply.maybe("x-atlas-trimmed-tokens").orElse("0"));
        assertThat(served.path("max_tokens").asString())
                .isEqualTo(reply.maybe("x-atlas-max-tokens").orElse("60"));
        assertThat(served.path("price")).isEqualTo(receipt.path("price"));
        assertThat(served.path("cost_at_most_nano_usd").asLong())
                .isGreaterThanOrEqualTo(receipt.path("cost_nano_usd").asLong());
        for (JsonNode limit : foretold.path("limits").values()) {
            assertThat(limit.path("remaining_after").asLong())
                    .isEqualTo(limit.path("remaining").asLong()
                            - limit.path("asked").asLong());
        }
    }

    @Test
    void askingLeavesNothingBehind() throws Exception {
        String key = "key-of-the-crowded";
        double requests = requests();
        JsonNode quota = atlas.get("key-of-the-plain-one", "/v1/quota")
                .expect(200)
                .json()
                .path("limits");
        int decisions = decisions();

        for (String person : List.of("ann", "bob", "cid")) {
            Map<String, String> headers = Map.of("authorization", "Bearer " + key, "x-atlas-user", person);
            assertThat(atlas.check(headers, CHAT).json().path("outcome").asString())
                    .isEqualTo("served");
        }
        for (int i = 0; i < 5; i++) {
            atlas.check("key-of-the-plain-one", CHAT).expect(200);
        }

        assertThat(atlas.get("key-of-the-plain-one", "/v1/quota")
                        .expect(200)
                        .json()
                        .path("limits"))
                .isEqualTo(quota);
        assertThat(requests()).isEqualTo(requests);
        assertThat(decisions()).isEqualTo(decisions);
        // Of whoever asked first somebody would be known now, and as many as may be.
        atlas.chat(Map.of("authorization", "Bearer " + key, "x-atlas-user", "dan"), CHAT)
                .expect(200);
        JsonNode one = atlas.check(Map.of("authorization", "Bearer " + key, "x-atlas-user", "ann"), CHAT)
                .json();
        assertThat(one.path("reason").asString()).isEqualTo("too_many_end_users");
    }

    @Test
    void whatIsWrongWithABodyIsForetoldToo() throws Exception {
        JsonNode foretold = atlas.check("key-of-the-plain-one", CHAT.with("\"n\":9"))
                .expect(200)
                .json();

        assertThat(foretold.path("outcome").asString()).isEqualTo("refused");
        assertThat(foretold.path("status").asInt()).isEqualTo(400);
        assertThat(foretold.path("remedies").path(0).path("param").asString()).isEqualTo("n");
        assertThat(atlas.check("key-of-the-plain-one", CHAT.model("other"))
                        .json()
                        .path("reason")
                        .asString())
                .isEqualTo("model_not_in_tier");
        assertThat(atlas.check("key-of-nobody-at-all", CHAT).expect(401).code()).isEqualTo("invalid_api_key");
        atlas.get("key-of-the-plain-one", "/v1/quota/check").expect(405);
    }

    @Test
    void theBodyMayBeForAnotherRoute() throws Exception {
        String body = "{\"model\":\"vectors\",\"input\":\"one two three\"}";

        JsonNode foretold =
                post("/v1/quota/check?route=/v1/embeddings", body).expect(200).json();

        assertThat(foretold.path("served").path("model").asString()).isEqualTo("vectors");
        assertThat(foretold.path("asked").path("route").asString()).isEqualTo("/v1/embeddings");
        assertThat(post("/v1/quota/check?route=/v1/files", body).expect(400).code())
                .isEqualTo("invalid_route");
    }

    @Test
    void operatorsAskForAnyKey() throws Exception {
        String question = "/admin/v1/quota/check?key=";
        JsonNode asked = atlas.admin("POST", question + "app&tenant=plain", CHAT.body())
                .expect(200)
                .json();

        assertThat(asked.path("limits"))
                .isEqualTo(atlas.check("key-of-the-plain-one", CHAT).json().path("limits"));
        JsonNode byPath = atlas.admin("POST", question + "crowd/red/keys/twin", CHAT.body())
                .expect(200)
                .json();
        assertThat(byPath.path("caller").path("team").asString()).isEqualTo("red");
        assertThat(atlas.admin("POST", question + "twin", CHAT.body())
                        .expect(409)
                        .body())
                .contains("crowd/blue/keys/twin, crowd/red/keys/twin");
        atlas.admin("POST", question + "twin&team=blue", CHAT.body()).expect(200);
        atlas.admin("POST", question + "nobody", CHAT.body()).expect(404);
        atlas.admin(question + "app").expect(405);
    }

    /** A conversation whose oldest turns can be left out. */
    private static Chat conversation() {
        String old = String.join(" ", Collections.nCopies(30, "moon"));
        String turns = "first\"},{\"role\":\"assistant\",\"content\":\"" + old
                + "\"},{\"role\":\"user\",\"content\":\"last question";
        return Chat.of("large", turns).maxTokens(60);
    }

    /** What was decided, without the times. */
    private static List<String> steps(JsonNode story) {
        return story.path("steps")
                .valueStream()
                .filter(step -> !OF_THE_WAY.contains(step.path("step").asString()))
                .map(step -> step.toString().replaceFirst("\\{\"step\":", "").replaceFirst("\"after_us\":[0-9]+,", ""))
                .toList();
    }

    private static Reply post(String path, String body) throws Exception {
        return atlas.send("key-of-the-plain-one", "POST", path, BodyPublishers.ofString(body));
    }

    private static double requests() throws Exception {
        return atlas.admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("atlas_requests_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static int decisions() throws Exception {
        return Stream.of(atlas.admin("/admin/v1/decisions?limit=1000")
                        .expect(200)
                        .json())
                .mapToInt(page -> page.path("rows").size())
                .sum();
    }
}
