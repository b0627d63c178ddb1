package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Keys that are issued while the gateway runs, by the admin API. */
@Timeout(120)
class KeysTest {
    private static final String CONFIGURATION = """
            backends: { sim: { type: sim, ttft: 1ms, tokensPerSecond: 10k } }
            models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] } }
            tiers: { all: { models: [ "*" ] } }
            tenants:
              acme:
                tier: all
                keys: { filed: { secret: the-secret-of-the-file } }
                teams: { search: { limits: [ { requests: 2, per: year } ], users: { ada: {} } } }
              hobby: { tier: all }
            """;
    private static final Chat CHAT = Chat.of("small", "Hello").maxTokens(16);

    @TempDir
    Path data;

    @Test
    void aNewKeyWorksAtOnceAndARevokedOneIsRefusedByTheNextRequest() throws Exception {
        try (RunningAtlas atlas = start()) {
            JsonNode key = create(atlas, "{\"tenant\":\"hobby\",\"name\":\"ci\"}");

            Reply served = atlas.chat(secret(key), CHAT).expect(200);
            JsonNode decision = atlas.admin("/admin/v1/decisions/" + served.header("x-atlas-decision"))
                    .json();
            assertThat(decision.path("caller").path("key").asString()).isEqualTo("ci");

            atlas.admin("DELETE", "/admin/v1/keys/" + text(key, "id"), "").expect(200);
            Reply revoked = atlas.chat(secret(key), CHAT).expect(401);
            Reply unknown = atlas.chat("atl_nobody-has-this-key", CHAT).expect(401);
            Reply mistyped = atlas.chat(mistyped(secret(key)), CHAT).expect(401);
            assertThat(revoked.body()).isEqualTo(unknown.body()).isEqualTo(mistyped.body());
        }
    }

    @Test
    void bothSecretsOfARotatedKeyWorkUntilTheOverlapEnds() throws Exception {
        try (RunningAtlas atlas = start()) {
            JsonNode first = create(atlas, "{\"tenant\":\"hobby\",\"name\":\"ci\"}");
            JsonNode second = rotate(atlas, "hobby%2Fkeys%2Fci", "{\"overlap\":\"5s\"}");

            atlas.get(secret(first), "/v1/models").expect(200);
            atlas.get(secret(second), "/v1/models").expect(200);
            assertThat(text(second.path("predecessor"), "id")).isEqualTo(text(first, "id"));
            while (atlas.get(secret(first), "/v1/models").status() == 200) {
                LockSupport.parkNanos(20_000_000);
            }
            atlas.get(secret(first), "/v1/models").expect(401);
            atlas.get(secret(second), "/v1/models").expect(200);
        }
    }

    @Test
    void noLimitIsEscapedByRotatingRevokingOrStartingAgain() throws Exception {
        String secret;
        try (RunningAtlas atlas = start()) {
            JsonNode first = create(atlas, "{\"tenant\":\"acme\",\"team\":\"search\",\"name\":\"ci\"}");
            atlas.chat(secret(first), CHAT).expect(200);
            JsonNode second = rotate(atlas, text(first, "id"), "{\"overlap\":\"0s\"}");
            atlas.chat(secret(second), CHAT).expect(200);
            atlas.chat(secret(second), CHAT).expect(429);
            secret = secret(second);
            atlas.admin("DELETE", "/admin/v1/keys/ci", "").expect(200);
        }
        try (RunningAtlas atlas = start()) {
            atlas.chat(secret, CHAT).expect(401);
            JsonNode third = create(atlas, "{\"tenant\":\"acme\",\"team\":\"search\",\"user\":\"ada\"}");
            assertThat(atlas.chat(secret(third), CHAT).expect(429).code()).isEqualTo("quota_exhausted");
        }
    }

    @Test
    void aKeyOutlivesTheProcess() throws Exception {
        JsonNode key;
        try (RunningAtlas atlas = start()) {
            key = create(atlas, "{\"tenant\":\"hobby\",\"expires_in\":\"90d\"}");
        }
        try (RunningAtlas atlas = start()) {
            atlas.chat(secret(key), CHAT).expect(200);
        }
    }

    @Test
    void theListHasTheKeysOfBothOwnersAndNoSecretOrDigest() throws Exception {
        try (RunningAtlas atlas = start()) {
            JsonNode key = create(atlas, "{\"tenant\":\"acme\",\"team\":\"search\",\"user\":\"ada\",\"name\":\"ci\"}");
            Reply list = atlas.admin("/admin/v1/keys?tenant=acme").expect(200);

            assertThat(list.json().path("keys").valueStream().map(one -> text(one, "path") + " " + text(one, "owner")))
                    .containsExactly("acme/keys/filed file", "acme/search/keys/ci api");
            assertThat(list.body())
                    .doesNotContain("secret", "digest", secret(key).substring(15));
            assertThat(atlas.admin("/admin/v1/keys?tenant=hobby")
                            .json()
                            .path("keys")
                            .size())
                    .isZero();
        }
    }

    @Test
    void whatCannotBeDoneIsSaidInFullAndChangesNothing() throws Exception {
        try (RunningAtlas atlas = start()) {
            refused(atlas, 422, "unknown_place", "{\"tenant\":\"acmee\"}", "did you mean `acme`?");
            refused(atlas, 422, "unknown_place", "{\"tenant\":\"acme\",\"team\":\"serch\"}", "search");
            refused(atlas, 409, "owned_by_file", "{\"tenant\":\"acme\",\"name\":\"filed\"}", "tenants.acme.keys.filed");
            refused(atlas, 400, "invalid_body", "{\"tenant\":\"acme\",\"tenant\":\"hobby\"}", "each key once");
            refused(atlas, 400, "invalid_body", "{\"tenant\":\"acme\",\"nmae\":\"ci\"}", "did you mean `name`?");
            refused(atlas, 400, "invalid_body", "{\"tenant\":7}", "tenant: no text");
            refused(atlas, 400, "invalid_body", "{\"name\":\"a/b\",\"expires_in\":\"soon\"}", "tenant: missing");
            refused(atlas, 400, "invalid_body", "{\"tenant\":\"acme\",\"expires_at\":\"2020-01-01\"}", "to come");
            refused(atlas, 400, "invalid_body", "[]", "a JSON object");
            refused(atlas, 400, "invalid_body", "{\"tenant\":\"acme\"} {}", "after the object");
            refused(atlas, 413, "body_too_large", "{\"tenant\":\"" + "a".repeat(1 << 20) + "\"}", "65536");
            assertThat(atlas.admin("/admin/v1/keys").json().path("keys").size()).isEqualTo(1);
        }
    }

    @Test
    void aPathHasItsMethodsAndAPageInABrowserCannotChangeKeys() throws Exception {
        try (RunningAtlas atlas = start();
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(atlas.admin("PUT", "/admin/v1/keys", "").expect(405).header("allow"))
                    .isEqualTo("GET, POST");
            atlas.admin("GET", "/admin/v1/keys/ci", "").expect(405);
            atlas.admin("DELETE", "/admin/v1/keys/", "").expect(404);
            atlas.admin("DELETE", "/admin/v1/keys/nobody", "").expect(404);
            atlas.admin("DELETE", "/admin/v1/keys/filed", "").expect(409);
            HttpRequest page = HttpRequest.newBuilder(atlas.adminUri().resolve("/admin/v1/keys"))
                    .header("origin", "http://example.com")
                    .POST(BodyPublishers.ofString("{\"tenant\":\"hobby\"}"))
                    .build();
            assertThat(client.send(page, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
        }
    }

    private RunningAtlas start() {
        return RunningAtlas.start(data, CONFIGURATION, Map.of());
    }

    private static JsonNode create(RunningAtlas atlas, String body) throws Exception {
        return atlas.admin("POST", "/admin/v1/keys", body).expect(201).json();
    }

    private static JsonNode rotate(RunningAtlas atlas, String key, String body) throws Exception {
        return atlas.admin("POST", "/admin/v1/keys/" + key + "/rotate", body)
                .expect(201)
                .json();
    }

    private static void refused(RunningAtlas atlas, int status, String title, String body, String says)
            throws Exception {
        Reply reply = atlas.admin("POST", "/admin/v1/keys", body).expect(status);
        assertThat(text(reply.json(), "title")).isEqualTo(title);
        assertThat(text(reply.json(), "detail")).contains(says);
    }

    private static String mistyped(String secret) {
        int last = secret.length() - 1;
        return secret.substring(0, last) + (secret.charAt(last) == 'x' ? 'y' : 'x');
    }

    private static String secret(JsonNode key) {
        return text(key, "secret");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
