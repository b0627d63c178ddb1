package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.RealRedis;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A node is killed while it holds a lease on a limit of all, and requests hold some of that. */
@Timeout(180)
class DeadNodeTest {
    private static final String LIMIT = "gateway:requests/day";

    /** A hundredth of it is none: nobody gives out anything where a busy machine takes Redis for away. */
    private static final int AMOUNT = 99;

    private static final String KEY = "the-secret-key-of-acme";
    private static final Question QUESTION = Question.to("small", "dies").capped(4);

    private static final Question SLOW = Question.to("slow", "is open").capped(4);

    @TempDir
    private Path folder = Path.of("");

    private final RealRedis redis = RealRedis.start();
    private final List<AtlasProcess> started = new ArrayList<>();
    private Path homeOfOne = folder;
    private Path homeOfTwo = folder;

    @BeforeEach
    void makeHomes() throws Exception {
        homeOfOne = Files.createDirectories(folder.resolve("one"));
        homeOfTwo = Files.createDirectories(folder.resolve("two"));
    }

    @AfterEach
    void stop() {
        started.forEach(AtlasProcess::close);
        redis.close();
    }

    @Test
    void whatItHeldIsGivenToNobodyAndIsThereAgainOnceItHasStarted() throws Exception {
        Desk one = start(homeOfOne).desk();
        AtlasProcess dying = start(homeOfTwo);
        int served = ask(one, 10) + ask(dying.desk(), 10) + ask(dying.desk(), 10);
        List<CompletableFuture<HttpResponse<String>>> open = new ArrayList<>();
        Await.until("requests are open", () -> {
            open.addAll(askLater(dying.desk(), 1, SLOW));
            return dying.desk().metric("atlas_inflight") >= 20;
        });
        Await.until("and no others are on their way", () -> dying.desk().metric("atlas_inflight") == waiting(open));
        long held = waiting(open);
        dying.kill();
        for (CompletableFuture<HttpResponse<String>> request : open) {
            request.handle((_, _) -> true).join();
        }
        int more = ask(one, 20);
        while (more > 0) {
            served += more;
            more = ask(one, 20);
        }
        assertThat(served + held).as("with those that were open").isBetween(AMOUNT / 2L, (long) AMOUNT);

        Desk two = start(homeOfTwo).desk();
        Await.until("nothing held", () -> limit(one).path("held").asLong() == 0);
        long charged = charged(one) + charged(two);
        assertThat(charged).as("all that was served, and what had been sent").isBetween((long) served, served + held);
        assertThat(limit(one).path("used").asLong()).isEqualTo(charged);
        assertThat(limit(two).path("used").asLong()).isEqualTo(charged);
        for (int i = 0; i < 5; i++) {
            ask(two, AMOUNT);
            ask(one, AMOUNT);
        }
        assertThat(charged(one) + charged(two)).isLessThanOrEqualTo(AMOUNT);
        Await.until("the rest is served", () -> {
            ask(two, 1);
            return charged(one) + charged(two) == AMOUNT;
        });
        assertThat(limit(one).path("used").asLong()).isEqualTo(AMOUNT);
    }

    private AtlasProcess start(Path home) throws Exception {
        AtlasProcess process =
                AtlasProcess.start(home, """
                apiVersion: atlas/v1
                server: { listen: "127.0.0.1:0", data: "%s", admin: { listen: "127.0.0.1:0", token: "%s" } }
                quota: { store: redis, redis: { url: "%s" } }
                limits: [ { requests: %d, per: day } ]
                backends: { sim: { type: sim, ttft: 50ms, tokensPerSecond: 1000, slots: 1000 }, late: { type: sim, ttft: 60s, slots: 1000 } }
                models:
                  small: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: sim } ] }
                  slow: { context: 32k, price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: late } ] }
                tiers: { all: { models: [ "*" ] } }
                tenants: { acme: { tier: all, keys: { app: { secret: %s } } } }
                """.formatted(home.resolve("data"), Desk.TOKEN, redis.url(), AMOUNT, KEY));
        started.add(process);
        return process;
    }

    private static List<CompletableFuture<HttpResponse<String>>> askLater(Desk desk, int count, Question question) {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(desk.askLater(KEY, question));
        }
        return asked;
    }

    /** How many of so many at once are served; who finds his connection closed, as it was idle, is not. */
    private static int ask(Desk desk, int count) {
        return askLater(desk, count, QUESTION).stream()
                .mapToInt(one -> one.handle((reply, failure) -> failure == null && reply.statusCode() == 200 ? 1 : 0)
                        .join())
                .sum();
    }

    private static long waiting(List<CompletableFuture<HttpResponse<String>>> asked) {
        return asked.stream().filter(one -> !one.isDone()).count();
    }

    private static JsonNode limit(Desk desk) throws Exception {
        return desk.limit(LIMIT);
    }

    private static long charged(Desk desk) throws Exception {
        return desk.usage("tenant").path("total").path("charged_requests").asLong();
    }
}
