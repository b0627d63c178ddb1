package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** One application's key speaks for many people, and each has a tier's limits for himself. */
@Timeout(60)
class EndUsersTest {
    private static final Chat CHAT = Chat.of("words-3", "one two three").maxTokens(5);

    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              words-5: { price: { input: "4 USD", output: "16 USD" }, deployments: [ { backend: oracle } ] }
              words-9: { price: { input: "9 USD", output: "90 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ words-3 ], limits: [ { requests: 2, per: day } ] }
              plus: { priority: 3, models: [ words-3 ], limits: [ { requests: 4, per: day }, { tokens: 1M, per: week } ] }
              pro: { priority: 5, models: [ words-3, words-5, words-9 ], limits: [ { requests: 5, per: day } ] }
              max: { priority: 9, models: [ "*" ] }
              house: { priority: 7, models: [ words-3, words-5 ], limits: [ { tokens: 900, per: year, each: user } ] }
            tenants:
              acme:
                tier: house
                teams: { search: { keys: { app: { secret: key-of-the-search-app, endUsers: { max: 1k, tier: free, mayClaim: [ free, plus, pro ] } } } } }
                keys:
                  few: { secret: key-of-the-few-people, endUsers: { max: 2, tier: free } }
                  plain: { secret: key-of-the-plain-one }
              beta:
                tier: house
                limits: [ { requests: 3, per: day, each: endUser }, { requests: 4, per: day } ]
                keys: { app: { secret: key-of-the-beta-app, endUsers: { max: 10, tier: max } } }
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

    @Test
    void eachStopsAtHisOwnLimit() throws Exception {
        for (String person : List.of("first@example.com", "second")) {
            atlas.chat(of(person), CHAT).expect(200);
            atlas.chat(of(person), CHAT).expect(200);
            Reply refused = atlas.chat(of(person), CHAT).expect(429);
            assertThat(refused.code()).isEqualTo("quota_exhausted");
            JsonNode limit = refused.atlas().path("limit");
            assertThat(limit.path("scope").asString()).isEqualTo("end_user");
            assertThat(limit.path("id").asString())
                    .matches("acme/search/keys/app/endUsers/[A-Za-z0-9_-]{22}:requests/day");
        }
    }

    @Test
    void whatIsKeptOfHimIsAName() throws Exception {
        Reply served = atlas.chat(of("ada.lovelace@example.com"), CHAT).expect(200);
        JsonNode decision = decision(served);
        String name = decision.path("caller").path("end_user").asString();
        assertThat(name).matches("[A-Za-z0-9_-]{22}");
        assertThat(decision.path("caller").path("tier").asString()).isEqualTo("free");
        assertThat(decision.toString())
                .contains("acme/search/keys/app/endUsers/" + name + ":requests/day")
                .doesNotContain("ada.lovelace");

        Reply quota = atlas.get(of("ada.lovelace@example.com"), "/v1/quota").expect(200);
        assertThat(quota.json().path("end_user").asString()).isEqualTo(name);
        assertThat(quota.json().path("limits").valueStream())
                .extracting(
                        limit -> limit.path("id").asString(),
                        limit -> limit.path("used").asInt())
                .contains(org.assertj.core.api.Assertions.tuple(
                        "acme/search/keys/app/endUsers/" + name + ":requests/day", 1));
        assertThat(usage("end_user")).containsKey(Optional.of(name));
    }

    @Test
    void operatorsFindHimByTheIdOfTheApplication() throws Exception {
        atlas.chat(of("found"), CHAT).expect(200);
        JsonNode quota = atlas.admin("/admin/v1/quota?tenant=acme&key=app&end_user=found")
                .expect(200)
                .json();
        assertThat(quota.path("limits").valueStream())
                .filteredOn(limit -> limit.path("scope").asString().equals("end_user"))
                .extracting(limit -> limit.path("used").asInt())
                .contains(1);
        atlas.admin("/admin/v1/quota?tenant=acme&key=plain&end_user=found").expect(404);
        atlas.admin("/admin/v1/quota?end_user=found").expect(400);
    }

    @Test
    void withoutAUserTheRequestCountsForTheKeyAlone() throws Exception {
        for (int i = 0; i < 4; i++) {
            Reply served = atlas.chat(Map.of("api-key", "key-of-the-search-app", "x-atlas-tier", "none"), CHAT)
                    .expect(200);
            JsonNode caller = decision(served).path("caller");
            assertThat(caller.path("end_user").isNull()).isTrue();
            assertThat(caller.path("tier").asString()).isEqualTo("house");
        }
    }

    @Test
    void onAnyOtherKeyTheHeadersAreIgnored() throws Exception {
        Map<String, String> headers =
                Map.of("api-key", "key-of-the-plain-one", "x-atlas-user", "not an id", "x-atlas-tier", "none");
        Reply served = atlas.chat(headers, CHAT).expect(200);
        assertThat(atlas.get("key-of-the-plain-one", "/v1/decisions/" + served.header("x-atlas-decision"))
                        .json()
                        .path("caller")
                        .path("end_user")
                        .isNull())
                .isTrue();
    }

    @Test
    void aTierThatMayBeClaimedCountsWhatWasUsedOnAnother() throws Exception {
        atlas.chat(of("climber"), CHAT).expect(200);
        atlas.chat(of("climber"), CHAT).expect(200);
        for (int i = 0; i < 3; i++) {
            atlas.chat(claiming("climber", "pro"), CHAT).expect(200);
        }
        atlas.chat(claiming("climber", "pro"), CHAT).expect(429);
        atlas.chat(of("climber"), CHAT).expect(429);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max", "house", "none", "Free", ""})
    void anyOtherTierIsRefused(String tier) throws Exception {
        Reply refused = atlas.chat(claiming("claimant", tier), CHAT).expect(403);
        assertThat(refused.code()).isEqualTo("tier_not_claimable");
        assertThat(refused.json().path("error").path("type").asString()).isEqualTo("permission_error");
        assertThat(refused.remedy("fix_request").orElseThrow().path("param").asString())
                .isEqualTo("x-atlas-tier");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
        assertThat(decision(refused).path("reason").asString()).isEqualTo("tier_not_claimable");
    }

    @Test
    void whatIsNoIdIsRefusedByTheNameOfItsHeader() throws Exception {
        for (String id : List.of("", "two words", "x".repeat(129), "tab\tbed")) {
            Reply refused = atlas.chat(of(id), CHAT).expect(400);
            assertThat(refused.code()).as(id).isEqualTo("invalid_x_atlas_user");
            assertThat(refused.remedy("fix_request").orElseThrow().path("param").asString())
                    .isEqualTo("x-atlas-user");
        }
        atlas.chat(of("!" + "x".repeat(126) + "~"), CHAT).expect(200);
    }

    @Test
    void oneMorePersonThanMaxIsRefusedAndNotRemembered() throws Exception {
        for (String person : List.of("one", "two")) {
            atlas.chat(headers("key-of-the-few-people", person), CHAT).expect(200);
        }
        Reply refused =
                atlas.chat(headers("key-of-the-few-people", "three"), CHAT).expect(403);
        assertThat(refused.code()).isEqualTo("too_many_end_users");
        assertThat(refused.remedies()).containsExactly("ask_owner");
        JsonNode caller = atlas.get("key-of-the-few-people", "/v1/decisions/" + refused.header("x-atlas-decision"))
                .json()
                .path("caller");
        assertThat(caller.path("end_user").isNull()).isTrue();
        atlas.chat(headers("key-of-the-few-people", "two"), CHAT).expect(200);
    }

    @Test
    void bothHisTierAndHisTenantsMustAllowTheModel() throws Exception {
        assertThat(atlas.chat(of("reader"), CHAT.model("words-5")).expect(403).code())
                .isEqualTo("model_not_in_tier");
        atlas.chat(claiming("reader", "pro"), CHAT.model("words-5")).expect(200);
        Reply beyond =
                atlas.chat(claiming("reader", "pro"), CHAT.model("words-9")).expect(403);
        assertThat(beyond.body()).contains("'house'");
        assertThat(beyond.remedy("upgrade_tier")).isEmpty();
        assertThat(atlas.get(of("reader"), "/v1/models").json().path("data").valueStream())
                .extracting(model -> model.path("id").asString())
                .containsExactly("words-3");
    }

    @Test
    void theTierToUpgradeToIsOneThatMayBeClaimed() throws Exception {
        atlas.chat(of("saver"), CHAT).expect(200);
        atlas.chat(of("saver"), CHAT).expect(200);
        Reply refused = atlas.chat(of("saver"), CHAT).expect(429);
        String tier = refused.remedy("upgrade_tier").orElseThrow().path("tier").asString();
        assertThat(tier).isEqualTo("plus");
        atlas.chat(claiming("saver", tier), CHAT).expect(200);
        atlas.chat(claiming("saver", tier), CHAT).expect(200);
        assertThat(atlas.chat(claiming("saver", tier), CHAT)
                        .expect(429)
                        .remedy("upgrade_tier")
                        .orElseThrow()
                        .path("tier")
                        .asString())
                .isEqualTo("pro");
        atlas.chat(claiming("saver", "pro"), CHAT).expect(200);
        assertThat(atlas.chat(claiming("saver", "pro"), CHAT).expect(429).remedy("upgrade_tier"))
                .isEmpty();
    }

    @Test
    void aLimitForEachEndUserHoldsBesideThatOfTheirTenant() throws Exception {
        for (int i = 0; i < 3; i++) {
            atlas.chat(headers("key-of-the-beta-app", "busy"), CHAT).expect(200);
        }
        assertThat(limit(
                        atlas.chat(headers("key-of-the-beta-app", "busy"), CHAT).expect(429)))
                .matches("beta/keys/app/endUsers/[^:]{22}:requests/day~endUser");
        atlas.chat(headers("key-of-the-beta-app", "calm"), CHAT).expect(200);
        assertThat(limit(
                        atlas.chat(headers("key-of-the-beta-app", "calm"), CHAT).expect(429)))
                .isEqualTo("beta:requests/day");
    }

    @Test
    void aKeyWithoutAUserCountsAsTheUserWithoutAName() throws Exception {
        assertThat(atlas.get("key-of-the-plain-one", "/v1/quota")
                        .json()
                        .path("limits")
                        .valueStream())
                .extracting(limit -> limit.path("id").asString())
                .containsExactly("acme/users/-:tokens/year~user");
    }

    private static String limit(Reply refused) {
        return refused.atlas().path("limit").path("id").asString();
    }

    private static JsonNode decision(Reply reply) throws Exception {
        return atlas.get("key-of-the-search-app", "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200)
                .json();
    }

    private static Map<Optional<String>, Long> usage(String by) throws Exception {
        Map<Optional<String>, Long> requests = new HashMap<>();
        atlas.admin("/admin/v1/usage?by=" + by)
                .json()
                .path("rows")
                .forEach(row -> requests.put(
                        row.path(by).asStringOpt(), row.path("requests").asLong()));
        return requests;
    }

    private static Map<String, String> of(String person) {
        return headers("key-of-the-search-app", person);
    }

    private static Map<String, String> claiming(String person, String tier) {
        Map<String, String> headers = new HashMap<>(of(person));
        headers.put("x-atlas-tier", tier);
        return headers;
    }

    private static Map<String, String> headers(String key, String person) {
        return Map.of("authorization", "Bearer " + key, "x-atlas-user", person);
    }
}
