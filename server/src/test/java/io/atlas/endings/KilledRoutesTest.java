package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.openai.Route;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A process that is killed with a request of every route open. */
@Timeout(120)
class KilledRoutesTest {
    private static final String TENANT = "acme";

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.shutdownNow();
        oracle.close();
    }

    @Test
    void whatWasSentByAnyRouteIsChargedItsInput() throws Exception {
        List<CompletableFuture<?>> open = new ArrayList<>();
        try (AtlasProcess atlas = start()) {
            for (Route route : Route.values()) {
                open.add(client.sendAsync(request(atlas, route), BodyHandlers.discarding()));
                oracle.journal().await(route.name(), Await.PATIENCE);
            }
            atlas.kill();
        }
        try (AtlasProcess atlas = start()) {
            long charged = 0;
            for (Route route : Route.values()) {
                Entry entry = oracle.journal().of(route.name()).getFirst();
                JsonNode decision = atlas.desk().decision(entry.headers().getOrDefault("x-request-id", "none"));
                assertThat(decision.path("asked").path("route").asString()).isEqualTo(route.path());
                assertThat(decision.path("reason").asString()).isEqualTo("process_died");
                long template = route == Route.CHAT ? Question.TEMPLATE_TOKENS : 0;
                long input = decision.path("usage").path("input_tokens").asLong();
                assertThat(input).isBetween(entry.promptTokens() + template, 2 * entry.promptTokens() + 3 * template);
                assertThat(decision.path("usage").path("output_tokens").asLong())
                        .isZero();
                charged += input;
            }
            assertThat(atlas.desk().limit(TENANT + ":tokens/day").path("used").asLong())
                    .isEqualTo(charged);
            atlas.desk().awaitNothingHeld();
        }
        assertThat(open).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    private AtlasProcess start() throws Exception {
        return AtlasProcess.start(
                folder,
                new Terms(
                        folder.resolve("data"),
                        List.of(House.backend("openai", "openai", oracle, "")),
                        List.of("openai/hang"),
                        List.of(House.tenant(TENANT, "[ { tokens: 1M, per: day } ]"))));
    }

    private static HttpRequest request(AtlasProcess atlas, Route route) {
        String prompt = switch (route) {
            case CHAT -> "\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]";
            case COMPLETION -> "\"prompt\":\"one two three\"";
            case EMBEDDING -> "\"input\":\"one two three\"";
        };
        String body = "{\"model\":\"openai/hang\",\"user\":\"" + route.name() + "\"," + prompt + "}";
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + atlas.port() + route.path()))
                .header("authorization", "Bearer " + House.secret(TENANT))
                .POST(BodyPublishers.ofString(body))
                .build();
    }
}
