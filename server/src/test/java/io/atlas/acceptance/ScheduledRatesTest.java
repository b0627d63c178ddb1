package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A rate with a schedule says at every hour what the schedule makes of it, to whoever asks. */
@Timeout(60)
class ScheduledRatesTest {
    private static final String KEY = "key-of-the-office";
    private static final String ID = "office:requests/minute";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Chat CHAT = Chat.of("words-3", "sun");
    private static final String CONFIGURATION = """
            backends:
              oracle: { type: vllm, url: "${oracle}" }
            models:
              words-3: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              pro: { models: [ "*" ] }
              free: { models: [ "*" ], limits: [ { requests: 4, per: minute, schedule: { "Mon-Fri 08:00-19:00": 0.5 } } ] }
            tenants:
              office:
                tier: pro
                zone: Europe/Rome
                limits: [ { requests: 10, per: minute, schedule: { "Mon-Fri 08:00-19:00": 0.5, "Sat,Sun 00:00-24:00": 2 } } ]
                keys:
                  app: { secret: key-of-the-office }
              many:
                tier: pro
                zone: Europe/Rome
                keys:
                  app: { secret: key-of-the-many-ones, endUsers: { max: 10, tier: free } }
            """;

    private static Instant rome(String local) {
        return LocalDateTime.parse(local).atZone(ZoneId.of("Europe/Rome")).toInstant();
    }

    @Test
    void theAmountOfTheHourBindsAndIsShownWithItsReason(@TempDir Path data) throws Exception {
        WallClock clock = new WallClock(rome("2026-11-26T09:00:00"));
        try (OracleUpstream oracle = OracleUpstream.start();
                RunningAtlas atlas = start(data, oracle, clock)) {
            JsonNode morning = limit(atlas);
            assertThat(morning.path("amount").asLong()).isEqualTo(5);
            assertThat(morning.path("remaining").asLong()).isEqualTo(5);
            assertThat(morning.path("configured").asLong()).isEqualTo(10);
            assertThat(morning.path("adapted").path("factor").asDouble()).isEqualTo(0.5);
            assertThat(morning.path("adapted").path("reason").asString()).isEqualTo("schedule Mon-Fri 08:00-19:00");
            assertThat(morning.path("adapted").path("since").asString()).isEqualTo("2026-11-26T07:00:00Z");
            for (int i = 0; i < 5; i++) {
                atlas.chat(KEY, CHAT).expect(200);
            }
            Reply refused = atlas.chat(KEY, CHAT).expect(429);
            assertThat(refused.header("retry-after")).isEqualTo("12");
            assertThat(refused.header("x-ratelimit-limit-requests")).isEqualTo("5");
            assertThat(refused.atlas().path("limit").path("amount").asLong()).isEqualTo(5);
            JsonNode receipt = atlas.get(KEY, "/v1/decisions/" + refused.header("x-atlas-decision"))
                    .json();
            assertThat(receipt.path("steps")
                            .valueStream()
                            .filter(step -> step.path("step").asString().equals("refuse"))
                            .map(step ->
                                    step.path("limits").path(0).path("amount").asLong()))
                    .containsExactly(5L);

            clock.set(rome("2026-11-26T19:00:00"));
            JsonNode evening = await(atlas, limit -> limit.path("amount").asLong() == 10);
            assertThat(evening.path("adapted").isNull()).isTrue();
            assertThat(evening.path("configured").asLong()).isEqualTo(10);
            clock.set(rome("2026-11-28T12:00:00"));
            JsonNode saturday = await(atlas, limit -> limit.path("amount").asLong() == 20);
            assertThat(saturday.path("adapted").path("factor").asDouble()).isEqualTo(2);
            assertThat(atlas.metric("atlas_quota_factor{limit=\"office:requests/minute\",tenant=\"office\"}"))
                    .isEqualTo(2);
        }
    }

    @Test
    void whatIsToldAcrossTheHourIsTrue(@TempDir Path data) throws Exception {
        WallClock clock = new WallClock(rome("2026-11-26T07:59:58"));
        try (OracleUpstream oracle = OracleUpstream.start();
                RunningAtlas atlas = start(data, oracle, clock)) {
            for (int i = 0; i < 10; i++) {
                atlas.chat(KEY, CHAT).expect(200);
            }
            JsonNode wait = atlas.chat(KEY, CHAT).expect(429).remedy("wait").orElseThrow();
            assertThat(wait.path("retry_after_ms").asLong())
                    .as("two seconds by ten a minute, and what is left of six by five, as no more than five fit")
                    .isBetween(70_000L, 70_001L);

            clock.set(rome("2026-11-26T08:00:00"));
            await(atlas, limit -> limit.path("amount").asLong() == 5);
            clock.set(Instant.parse(wait.path("at").asString()));
            atlas.chat(KEY, CHAT).expect(200);
        }
    }

    @Test
    void onePersonBehindAKeyHasTheHoursOfHisTier(@TempDir Path data) throws Exception {
        WallClock clock = new WallClock(rome("2026-11-26T09:00:00"));
        try (OracleUpstream oracle = OracleUpstream.start();
                RunningAtlas atlas = start(data, oracle, clock)) {
            Map<String, String> headers = Map.of("authorization", "Bearer key-of-the-many-ones", "x-atlas-user", "ada");
            atlas.chat(headers, CHAT).expect(200);
            atlas.chat(headers, CHAT).expect(200);
            assertThat(atlas.chat(headers, CHAT)
                            .expect(429)
                            .atlas()
                            .path("limit")
                            .path("amount")
                            .asLong())
                    .isEqualTo(2);
            clock.set(rome("2026-11-26T19:00:00"));
            for (int i = 0; i < 4; i++) {
                atlas.chat(headers, CHAT).expect(200);
            }
            atlas.chat(headers, CHAT).expect(429);
        }
    }

    private static RunningAtlas start(Path data, OracleUpstream oracle, WallClock clock) {
        return RunningAtlas.start(
                data, CONFIGURATION, Map.of("oracle", oracle.uri().toString()), clock);
    }

    private static JsonNode await(RunningAtlas atlas, Predicate<JsonNode> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode limit = limit(atlas);
        while (!condition.test(limit)) {
            assertThat(System.nanoTime()).as(limit.toString()).isLessThan(deadline);
            limit = limit(atlas);
        }
        return limit;
    }

    private static JsonNode limit(RunningAtlas atlas) throws Exception {
        return atlas.get(KEY, "/v1/quota")
                .expect(200)
                .json()
                .path("limits")
                .valueStream()
                .filter(limit -> limit.path("id").asString().equals(ID))
                .findFirst()
                .orElseThrow();
    }
}
