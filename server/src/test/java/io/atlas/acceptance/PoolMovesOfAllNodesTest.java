package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Two gateways over one database: what is moved between pools at one of them is moved at the other within a second. */
@Timeout(120)
class PoolMovesOfAllNodesTest extends GatewaysOverPostgres {
    private static final String CONFIGURATION = """
            backends: { sim: { type: sim } }
            pools:
              east: { limits: [ { tokens: 100k, per: minute } ] }
              west: { limits: [ { tokens: 1k, per: minute } ] }
            models:
              large: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim, pool: east } ] }
              other: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim, pool: west } ] }
            tiers: { all: { models: [ "*" ] } }
            tenants: { acme: { tier: all } }
            """;

    PoolMovesOfAllNodesTest() {
        super(CONFIGURATION);
    }

    @Test
    void whatIsMovedAtOneIsMovedAtAllWithinASecondAndBackAgain() throws Exception {
        move(one, "east", "west", 20_000).expect(201);
        assertThat(amount(one, "west")).isEqualTo(21_000);
        awaitAmount(other, "west", 21_000);
        awaitAmount(other, "east", 80_000);

        move(other, "west", "east", 5_000).expect(201);
        awaitAmount(one, "west", 16_000);
        assertThat(one.admin("/admin/v1/pools").json().path("moves").size()).isEqualTo(2);
    }

    /** Keys and moves are loaded one after the other, and announced by one number. */
    @Test
    void whatIsMovedWhileKeysAreLoadedIsNotMissed() throws Exception {
        for (int i = 1; i <= 30; i++) {
            String key = "{\"tenant\":\"acme\",\"name\":\"key-" + i + "\"}";
            one.admin("POST", "/admin/v1/keys", key).expect(201);
            move(one, "east", "west", 100).expect(201);
            awaitAmount(other, "west", 1_000 + 100 * i);
        }
    }

    @Test
    void twoWhoMoveAtOnceNeverMoveMoreThanThereIs() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Integer>> moves = List.of(one, other, one, other).stream()
                    .map(atlas -> CompletableFuture.supplyAsync(() -> status(atlas, 60_000), threads))
                    .toList();
            assertThat(moves.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(201, 409, 409, 409);
        }
        awaitAmount(one, "east", 40_000);
        awaitAmount(other, "east", 40_000);
    }

    @Test
    void withoutTheDatabaseNothingIsMovedAndWhatWasMovedHoldsAfterARestart() throws Exception {
        move(one, "east", "west", 20_000).expect(201);
        awaitAmount(other, "west", 21_000);
        proxy.refuse();
        Await.until("it is missed", () -> one.admin("/admin/v1/nodes").status() == 503);

        assertThat(move(one, "east", "west", 1_000).expect(503).body()).contains("ledger_unavailable");
        other.close();
        other = gateway("other");
        assertThat(amount(other, "west")).isEqualTo(21_000);

        proxy.heal();
        Await.until("moved", () -> move(one, "east", "west", 1_000).status() == 201);
        Await.until("there, too", () -> amount(other, "west") == 22_000);
    }

    private static int status(RunningAtlas atlas, long amount) {
        try {
            return move(atlas, "east", "west", amount).status();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Reply move(RunningAtlas atlas, String from, String to, long amount) throws Exception {
        String body = "{\"from\":\"" + from + "\",\"to\":\"" + to + "\",\"amount\":\"" + amount + "\"}";
        return atlas.admin("POST", "/admin/v1/pools/move", body);
    }

    private static void awaitAmount(RunningAtlas atlas, String pool, long wanted) throws Exception {
        awaitInTime(pool + " " + wanted, () -> amount(atlas, pool) == wanted);
    }

    private static long amount(RunningAtlas atlas, String pool) throws Exception {
        for (JsonNode one : atlas.admin("/admin/v1/pools").json().path("pools").values()) {
            if (one.path("pool").asString("").equals(pool)) {
                return one.path("limits").get(0).path("amount").asLong();
            }
        }
        throw new AssertionError("no pool " + pool);
    }
}
