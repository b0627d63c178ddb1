package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.atlas.endings.Await;
import io.atlas.testing.HookReceiver;
import io.atlas.testing.HookReceiver.Came;
import io.atlas.testing.HookReceiver.Manner;
import io.atlas.testing.OracleUpstream;
import io.atlas.testing.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From a request to a receiver that verifies, over a restart, and what an operator sees of it. */
@Timeout(120)
class AlertsTest {
    private static final String KEY = "key-of-the-search-app";
    private static final Chat CHAT = Chat.of("words-3", "one").maxTokens(3);
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ words-3 ] }
            tenants:
              acme: { tier: pro, keys: { app: { secret: key-of-the-search-app } }, limits: [ { requests: 4, per: year } ] }
              other: { tier: pro, keys: { app: { secret: key-of-another-app } }, limits: [ { requests: 1, per: year } ] }
            alerts:
              webhooks:
                ops: { url: "${hook}", secret: "${secret}" }
              budgets: [ { at: [ 50%, 100% ], to: [ ops ], tenants: [ acme ] } ]
            """;

    @TempDir
    Path data;

    @Test
    void aBudgetThatIsUsedIsToldOnceAndARestartGoesOnWhereItWas() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                HookReceiver receiver = HookReceiver.start()) {
            Map<String, String> names = Map.of(
                    "oracle", oracle.uri().toString(),
                    "hook", receiver.uri().toString(),
                    "secret", HookReceiver.SECRET);
            try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION, names)) {
                atlas.chat("key-of-another-app", CHAT).expect(200);
                atlas.chat(KEY, CHAT).expect(200);
                atlas.chat(KEY, CHAT).expect(200);
                Await.until("half of it", () -> receiver.came().size() == 1);
                verify(receiver.came().getFirst());
                Await.until("counted", () -> atlas.metric("atlas_alert_attempts_total{outcome=\"delivered\"}") == 1);

                receiver.that(new Manner.Answers(500));
                atlas.chat(KEY, CHAT).expect(200);
                atlas.chat(KEY, CHAT).expect(200);
                Await.until("counted", () -> atlas.metric("atlas_alert_attempts_total{outcome=\"retried\"}") == 1);
            }
            receiver.that(new Manner.Answers(204));
            try (RunningAtlas atlas = RunningAtlas.start(data, CONFIGURATION, names)) {
                Await.until("all of it", () -> rows(atlas, "?state=delivered").size() == 2);
                assertThat(receiver.marks().stream().distinct()).containsExactly("50%", "100%");
                assertThat(receiver.came().stream().map(Came::id).distinct()).hasSize(2);
                for (Came came : receiver.came()) {
                    verify(came);
                }
                seenByTheOperator(atlas);
                triedByTheOperator(atlas, receiver);
            }
        }
    }

    @Test
    void ofTwoGatewaysThatShareCountersOneTellsAndTheOtherWhenItIsGone() throws Exception {
        try (RealRedis redis = RealRedis.start();
                OracleUpstream oracle = OracleUpstream.start();
                HookReceiver receiver = HookReceiver.start()) {
            Map<String, String> names = Map.of(
                    "oracle", oracle.uri().toString(),
                    "hook", receiver.uri().toString(),
                    "secret", HookReceiver.SECRET,
                    "redis", redis.url());
            String yaml = "quota: { store: redis, redis: { url: \"${redis}\" } }\n"
                    + CONFIGURATION.replace("50%, 100%", "25%, 50%, 75%, 100%");
            List<RunningAtlas> both = new ArrayList<>();
            try {
                both.add(RunningAtlas.start(data.resolve("one"), yaml, names));
                both.add(RunningAtlas.start(data.resolve("two"), yaml, names));
                Await.until("both are known", () -> both.stream().allMatch(AlertsTest::knowsBoth));
                for (int used = 1; used <= 3; used++) {
                    int told = used;
                    both.get(used % 2).chat(KEY, CHAT).expect(200);
                    Await.until("a quarter more", () -> receiver.came().size() >= told);
                }
                assertThat(receiver.marks())
                        .as("each look comes before the one after the next mark")
                        .containsExactly("25%", "50%", "75%");
                int teller = rows(both.getFirst(), "").isEmpty() ? 1 : 0;
                assertThat(rows(both.get(1 - teller), "")).isEmpty();

                both.remove(teller).close();
                both.getFirst().chat(KEY, CHAT).expect(200);
                Await.until("the last quarter", () -> receiver.marks().contains("100%"));
                assertThat(receiver.came().stream().map(Came::id).distinct())
                        .as("what is told again is known by its id")
                        .hasSize(4);
            } finally {
                both.forEach(RunningAtlas::close);
            }
        }
    }

    private static boolean knowsBoth(RunningAtlas atlas) {
        try {
            return atlas.admin("/admin/v1/nodes")
                            .expect(200)
                            .json()
                            .path("nodes")
                            .size()
                    == 2;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("nodes", e);
        }
    }

    private static void seenByTheOperator(RunningAtlas atlas) throws Exception {
        JsonNode first = atlas.admin("/admin/v1/alerts?limit=1").expect(200).json();
        JsonNode newest = first.path("rows").path(0);
        assertThat(newest.path("limit").asString()).isEqualTo("acme:requests/year");
        assertThat(newest.path("mark").asString()).isEqualTo("100%");
        assertThat(newest.path("attempts").values().stream()
                        .map(attempt -> attempt.path("status").asInt()))
                .startsWith(500)
                .endsWith(204);
        JsonNode second = atlas.admin(
                        "/admin/v1/alerts?limit=1&before=" + first.path("next").asString())
                .expect(200)
                .json();
        assertThat(second.path("rows").path(0).path("id").asString())
                .isNotEqualTo(newest.path("id").asString());
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(rows(atlas, "?webhook=nobody")).isEmpty();
        assertThat(atlas.admin("/admin/v1/alerts?state=lost&x=1").expect(400).body())
                .contains("state: lost (expected: pending, delivered, failed, gone, dropped)")
                .contains("x: unknown parameter");
        assertThat(atlas.admin("/admin/v1/alerts").body()).doesNotContain("whsec_", "token=");
    }

    private static void triedByTheOperator(RunningAtlas atlas, HookReceiver receiver) throws Exception {
        int before = receiver.came().size();
        JsonNode tried = atlas.admin("POST", "/admin/v1/alerts/test", "{\"webhook\":\"ops\"}")
                .expect(200)
                .json();
        assertThat(tried.path("state").asString()).isEqualTo("delivered");
        assertThat(tried.path("limit").isNull()).isTrue();
        assertThat(receiver.came()).hasSize(before + 1);
        verify(receiver.came().getLast());
        assertThat(atlas.admin("POST", "/admin/v1/alerts/test", "{\"webhook\":\"op\"}")
                        .expect(422)
                        .body())
                .contains("webhook: op (expected: ops)");
    }

    private static void verify(Came came) throws Exception {
        Webhook webhook = new Webhook(HookReceiver.SECRET);
        webhook.verify(came.text(), came.headers());
        assertThatThrownBy(() -> webhook.verify(came.text() + " ", came.headers()))
                .isInstanceOf(WebhookVerificationException.class);
    }

    private static List<JsonNode> rows(RunningAtlas atlas, String query) throws Exception {
        return List.copyOf(atlas.admin("/admin/v1/alerts" + query)
                .expect(200)
                .json()
                .path("rows")
                .values());
    }
}
