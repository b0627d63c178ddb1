package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Which of several deployments serves: the cheapest that is fast enough, the preferred one, the one that knows the conversation. */
@Timeout(60)
class RoutingTest {
    private static final String KEY = "key-of-the-worker";
    private static final String CONFIGURATION = """
            backends:
              a: { type: vllm, url: "${oracle}" }
              b: { type: vllm, url: "${oracle}" }
            models:
              priced:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: a, model: words-8 }, { backend: b, model: words-8, cost: { input: "1 USD", output: "4 USD" } } ]
              slow:
                price: { input: "2 USD", output: "8 USD" }
                deployments:
                  - { backend: a, model: slow-20-60, cost: { input: "0 USD", output: "0 USD" } }
                  - { backend: b, model: words-20 }
              even:
                price: { input: "2 USD", output: "8 USD" }
                deployments: [ { backend: a, model: words-8 }, { backend: b, model: words-8 } ]
            tiers:
              pro: { models: [ "*" ], sla: { tokensPerSecond: 50 } }
            tenants:
              worker: { tier: pro, limits: [ { tokens: 100k, per: day } ], keys: { app: { secret: key-of-the-worker } } }
              loyal: { tier: pro, routing: { prefer: [ a ] }, limits: [ { tokens: 100k, per: day } ], keys: { app: { secret: key-of-the-loyal-one } } }
            """;

    @TempDir
    Path data;

    private final OracleUpstream oracle = OracleUpstream.start();
    private RunningAtlas atlas;

    @BeforeEach
    void start() {
        atlas = RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        oracle.close();
    }

    @Test
    void theCheapestServesUnlessAnotherIsPreferred() throws Exception {
        Chat chat = Chat.of("priced", "hello").maxTokens(10);
        JsonNode cheapest = receipt(KEY, atlas.chat(KEY, chat).expect(200));
        assertThat(backend(cheapest)).isEqualTo("b");
        assertThat(standings(cheapest)).containsExactly("dearer", "chosen");
        assertThat(atlas.metric("atlas_provider_cost_usd_total{model=\"priced\",tenant=\"worker\",tier=\"pro\"}"))
                .isEqualTo(cheapest.path("cost_nano_usd").asLong() / 2e9);
        JsonNode preferred = receipt(
                "key-of-the-loyal-one", atlas.chat("key-of-the-loyal-one", chat).expect(200));
        assertThat(backend(preferred)).isEqualTo("a");
        assertThat(standings(preferred)).containsExactly("chosen", "not_preferred");
        assertThat(preferred.path("cost_nano_usd").asLong())
                .isEqualTo(cheapest.path("cost_nano_usd").asLong());
    }

    @Test
    void oneThatWasTooSlowIsNotChosenAgainThoughItIsCheap() throws Exception {
        Chat chat = Chat.of("slow", "hello").maxTokens(30).streamed();
        JsonNode first = receipt(KEY, atlas.chat(KEY, chat).expect(200));
        assertThat(backend(first)).isEqualTo("a");

        JsonNode second = receipt(KEY, atlas.chat(KEY, chat).expect(200));

        assertThat(backend(second)).isEqualTo("b");
        assertThat(standings(second)).containsExactly("misses_sla", "chosen");
    }

    @Test
    void aConversationStaysAtOneAndConversationsAreSpread() throws Exception {
        Set<String> all = new HashSet<>();
        for (int conversation = 0; conversation < 12; conversation++) {
            List<String> backends = new ArrayList<>();
            for (String more : List.of("", turn("hm"), turn("hm") + turn("so what"))) {
                String body =
                        "{\"model\":\"even\",\"max_tokens\":10,\"messages\":[{\"role\":\"system\",\"content\":\"be kind\"},"
                                + "{\"role\":\"user\",\"content\":\"question " + conversation + "\"}" + more + "]}";
                Reply reply = atlas.send(KEY, "POST", "/v1/chat/completions", BodyPublishers.ofString(body))
                        .expect(200);
                backends.add(backend(receipt(KEY, reply)));
            }
            assertThat(new HashSet<>(backends))
                    .as("conversation %d", conversation)
                    .hasSize(1);
            all.addAll(backends);
        }
        assertThat(all).containsExactlyInAnyOrder("a", "b");
    }

    private static String turn(String text) {
        return ",{\"role\":\"assistant\",\"content\":\"well\"},{\"role\":\"user\",\"content\":\"" + text + "\"}";
    }

    private JsonNode receipt(String key, Reply reply) throws Exception {
        return atlas.get(key, "/v1/decisions/" + reply.header("x-request-id"))
                .expect(200)
                .json();
    }

    private static String backend(JsonNode receipt) {
        return receipt.path("served").path("backend").asString("");
    }

    private static List<String> standings(JsonNode receipt) {
        return receipt.path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString("").equals("choose"))
                .flatMap(step -> step.path("candidates").valueStream())
                .map(candidate -> candidate.path("standing").asString(""))
                .toList();
    }
}
