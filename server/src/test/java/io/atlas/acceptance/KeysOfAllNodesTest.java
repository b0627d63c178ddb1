package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Two gateways over one database: what is done with a key at one of them holds at the other within a second. */
@Timeout(120)
class KeysOfAllNodesTest extends GatewaysOverPostgres {
    private static final String CONFIGURATION = """
            backends: { sim: { type: sim } }
            models: { small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] } }
            tiers: { all: { models: [ "*" ] } }
            tenants: { acme: { tier: all } }
            """;

    KeysOfAllNodesTest() {
        super(CONFIGURATION);
    }

    @Test
    void aKeyIsKnownRotatedAndRevokedEverywhereWithinASecond() throws Exception {
        JsonNode key = create(one, "ci");
        awaitStatus(other, secret(key), 200);
        JsonNode successor = change(other, "POST", id(key) + "/rotate", "{\"overlap\":\"0s\"}");
        awaitStatus(one, secret(successor), 200);
        awaitStatus(one, secret(key), 401);
        one.admin("DELETE", "/admin/v1/keys/ci", "").expect(200);
        assertThat(status(one, secret(successor))).isEqualTo(401);
        awaitStatus(other, secret(successor), 401);
    }

    @Test
    void aNameIsGivenOnceByAllNodes() throws Exception {
        create(one, "ci");
        assertThat(other.admin("POST", "/admin/v1/keys", body("ci")).expect(409).body())
                .contains("name_taken");
    }

    @Test
    void withoutTheDatabaseKeysWorkButNoneIsChangedAndAfterItChangesGoOnAsBefore() throws Exception {
        JsonNode key = create(one, "ci");
        awaitStatus(other, secret(key), 200);
        proxy.refuse();
        Await.until("it is missed", () -> one.admin("/admin/v1/nodes").status() == 503);
        assertThat(one.admin("POST", "/admin/v1/keys", body("more")).expect(503).body())
                .contains("ledger_unavailable");
        one.admin("DELETE", "/admin/v1/keys/ci", "").expect(503);
        other.close();
        other = gateway("other");
        assertThat(status(one, secret(key))).isEqualTo(200);
        assertThat(status(other, secret(key))).isEqualTo(200);

        proxy.heal();
        Await.until(
                "revoked", () -> one.admin("DELETE", "/admin/v1/keys/ci", "").status() == 200);
        awaitStatus(other, secret(key), 401);
    }

    private void awaitStatus(RunningAtlas atlas, String secret, int wanted) throws Exception {
        awaitInTime("status " + wanted, () -> status(atlas, secret) == wanted);
    }

    private static int status(RunningAtlas atlas, String secret) throws Exception {
        return atlas.get(secret, "/v1/models").status();
    }

    private static JsonNode create(RunningAtlas atlas, String name) throws Exception {
        return atlas.admin("POST", "/admin/v1/keys", body(name)).expect(201).json();
    }

    private static JsonNode change(RunningAtlas atlas, String method, String path, String body) throws Exception {
        return atlas.admin(method, "/admin/v1/keys/" + path, body).expect(201).json();
    }

    private static String body(String name) {
        return "{\"tenant\":\"acme\",\"name\":\"" + name + "\"}";
    }

    private static String secret(JsonNode key) {
        return key.path("secret").asString();
    }

    private static String id(JsonNode key) {
        return key.path("id").asString();
    }
}
