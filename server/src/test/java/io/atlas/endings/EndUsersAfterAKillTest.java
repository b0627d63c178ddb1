package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What end users used outlives the process, finished or not. */
@Timeout(120)
class EndUsersAfterAKillTest {
    private static final int EACH = 3;
    private static final List<String> PEOPLE = List.of("ada@example.com", "bob@example.com", "eve@example.com");
    private static final List<String> MODELS = List.of("vllm/words-12", "vllm/hang");

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void whoIsKilledKnowsEverybodyAndWhatHeUsed() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start()) {
            List<CompletableFuture<HttpResponse<String>>> hanging;
            try (AtlasProcess atlas = start(oracle)) {
                for (String person : PEOPLE) {
                    for (int i = 1; i < EACH; i++) {
                        assertThat(ask(atlas, person, "vllm/words-12").statusCode())
                                .isEqualTo(200);
                    }
                }
                hanging = PEOPLE.stream()
                        .map(person -> client.sendAsync(request(atlas, person, "vllm/hang"), BodyHandlers.ofString()))
                        .toList();
                int sent = PEOPLE.size() * EACH;
                Await.until("all are sent", () -> oracle.journal().all().size() == sent);
                atlas.kill();
            }
            hanging.forEach(open -> open.cancel(true));
            try (AtlasProcess atlas = start(oracle)) {
                for (String person : PEOPLE) {
                    HttpResponse<String> refused = ask(atlas, person, "vllm/words-12");
                    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
                    assertThat(refused.body()).contains("~endUser").contains("quota_exhausted");
                }
                assertThat(ask(atlas, "new@example.com", "vllm/words-12").statusCode())
                        .isEqualTo(403);
            }
        }
    }

    private AtlasProcess start(OracleUpstream oracle) throws Exception {
        String acme = "acme: { tier: all, zone: " + Terms.noon() + ", limits: [ { requests: " + EACH
                + ", per: day, each: endUser } ], keys: { k: { secret: " + House.secret("acme")
                + ", endUsers: { max: " + PEOPLE.size() + ", tier: all } } } }";
        return AtlasProcess.start(
                folder,
                new Terms(
                        folder.resolve("data"),
                        List.of(House.backend("vllm", "vllm", oracle, "")),
                        MODELS,
                        List.of(acme)));
    }

    private HttpResponse<String> ask(AtlasProcess atlas, String person, String model) throws Exception {
        return client.send(request(atlas, person, model), BodyHandlers.ofString());
    }

    private static HttpRequest request(AtlasProcess atlas, String person, String model) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + atlas.port() + "/v1/chat/completions"))
                .header("authorization", "Bearer " + House.secret("acme"))
                .header("content-type", "application/json")
                .header("x-atlas-user", person)
                .POST(BodyPublishers.ofString(Question.to(model, person).json()))
                .build();
    }
}
