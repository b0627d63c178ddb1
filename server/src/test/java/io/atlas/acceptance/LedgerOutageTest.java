package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.ledger.postgresql.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The database of all nodes goes away under load and comes back: no caller is told, and the books are equal. For five
 * seconds, or as many as {@code -Datlas.outage.seconds=60} says.
 */
@Timeout(600)
class LedgerOutageTest {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerOutageTest.class);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("atlas.outage.seconds", 5));
    private static final long DRAINED_SECONDS = 30;
    private static final int CALLERS = 32;
    private static final Chat CHAT = Chat.ofTokens("echo", 50).maxTokens(20);
    private static final String LAG = "atlas_ledger_lag_records";

    private static final String CONFIGURATION = """
            ledger: { store: postgresql, postgresql: { url: "${url}", user: postgres } }
            backends: { sim: { type: sim, ttft: 20ms, tokensPerSecond: 1000, slots: 64 } }
            models:
              echo: { class: basic, context: 8k, price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: sim } ] }
            tiers: { free: { models: [ "*" ] } }
            tenants: { acme: { tier: free, limits: [ { cost: "1000 USD", per: month } ], keys: { app: { secret: the-secret-key-of-acme } } } }
            """;

    @TempDir
    Path data;

    private Postgres postgres;
    private FaultProxy proxy;
    private RunningAtlas atlas;

    /** What callers were told that they used. */
    private record Told(long requests, long failed, long tokens) {
        static final Told NOTHING = new Told(0, 0, 0);

        Told plus(Told other) {
            return new Told(requests + other.requests, failed + other.failed, tokens + other.tokens);
        }
    }

    @BeforeEach
    void start() throws Exception {
        postgres = Postgres.create();
        proxy = FaultProxy.to(postgres.address());
        atlas = RunningAtlas.start(
                data,
                CONFIGURATION,
                Map.of("url", postgres.settingsAt(proxy.port()).url()));
    }

    @AfterEach
    void stop() {
        atlas.close();
        proxy.close();
    }

    @Test
    void anOutageUnderLoadFailsNoRequestAndIsMadeUpFor() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        List<Future<Told>> callers = new ArrayList<>();
        Told told = Told.NOTHING;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> askUntil(enough)));
            }
            Await.until("lines in the database", () -> shipped() > 100);
            proxy.refuse();
            long before = shipped();
            // Nothing to wait for but the time itself: that nothing happens in it is what is tested.
            assertThat(enough.await(OUTAGE.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
            double backlog = atlas.metric(LAG);
            assertThat(shipped()).isEqualTo(before);
            assertThat(backlog).isGreaterThan(100);

            proxy.heal();
            long healed = System.nanoTime();
            Await.until("backlog drained under load", () -> atlas.metric(LAG) < backlog / 10);
            long drainedMillis = (System.nanoTime() - healed) / 1_000_000;
            enough.countDown();
            for (Future<Told> caller : callers) {
                told = told.plus(caller.get());
            }
            LOG.atInfo()
                    .addKeyValue("outage_s", OUTAGE.toSeconds())
                    .addKeyValue("backlog", backlog)
                    .addKeyValue("drained_ms", drainedMillis)
                    .addKeyValue("requests", told.requests)
                    .addKeyValue("failed", told.failed)
                    .log("outage of the ledger's database");
            assertThat(drainedMillis).isLessThan(DRAINED_SECONDS * 1_000);
        }
        Await.until("everything shipped", () -> atlas.metric(LAG) == 0);
        assertThat(told.failed).isZero();
        assertBooksEqual(told);
    }

    private Told askUntil(CountDownLatch enough) throws Exception {
        long requests = 0;
        long failed = 0;
        long tokens = 0;
        while (enough.getCount() > 0) {
            Reply reply = atlas.chat("the-secret-key-of-acme", CHAT);
            requests++;
            failed += reply.status() == 200 ? 0 : 1;
            tokens += reply.json().path("usage").path("total_tokens").asLong(0);
        }
        return new Told(requests, failed, tokens);
    }

    /** How many lines are in the database; 0 before it has tables. */
    private long shipped() throws Exception {
        boolean tables = !postgres.rows("SELECT 1 FROM pg_tables WHERE schemaname = 'atlas' AND tablename = 'entry'")
                .isEmpty();
        return tables
                ? Long.parseLong(postgres.rows("SELECT COUNT(*) FROM entry").getFirst())
                : 0;
    }

    private void assertBooksEqual(Told told) throws Exception {
        JsonNode total =
                atlas.admin("/admin/v1/usage?by=tenant").expect(200).json().path("total");
        String onDisk = total.path("requests").asLong() + " "
                + (total.path("input_tokens").asLong()
                        + total.path("output_tokens").asLong()) + " "
                + total.path("cost_nano_usd").asLong();
        String sums = " , SUM(input_tokens) + SUM(output_tokens), SUM(cost_nano_usd) FROM ";
        assertThat(postgres.rows("SELECT COUNT(*)" + sums + "entry"))
                .isEqualTo(postgres.rows("SELECT SUM(requests)" + sums + "rollup"))
                .containsExactly(onDisk);
        assertThat(onDisk).startsWith(told.requests + " " + told.tokens + " ");
    }
}
