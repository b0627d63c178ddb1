package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The document of the API names what there is; every answer of this package's tests is held against it besides. */
@Timeout(60)
class OpenApiTest {
    private static final String KEY = "key-of-the-api-test";
    private static final String CONFIGURATION = """
            backends: { sim: { type: sim } }
            models: { small: { price: { input: "1 USD", output: "2 USD" }, deployments: [ { backend: sim } ] } }
            tiers: { free: { models: [ "*" ] } }
            tenants: { acme: { tier: free, keys: { app: { secret: key-of-the-api-test } } } }
            """;

    private RunningAtlas atlas;

    @BeforeEach
    void start(@TempDir Path data) {
        atlas = RunningAtlas.start(data, CONFIGURATION, Map.of());
    }

    @AfterEach
    void stop() {
        atlas.close();
    }

    @Test
    void everyPathOfTheDocumentIsThere() throws Exception {
        List<String> operations = OpenApi.DOCUMENT.operations();
        assertThat(operations).hasSizeGreaterThan(20);
        for (String operation : operations) {
            String method = operation.substring(0, operation.indexOf(' '));
            String path = operation.substring(method.length() + 1).replaceAll("\\{[^}]+}", "nothing");
            HttpResponse<String> answer = path.startsWith("/admin/")
                    ? ask(HttpRequest.newBuilder(atlas.adminUri().resolve(path)), method)
                    : ask(
                            HttpRequest.newBuilder(atlas.uri().resolve(path)).header("authorization", "Bearer " + KEY),
                            method);
            assertThat(answer.statusCode()).as(operation).isNotEqualTo(405);
            assertThat(answer.body()).as(operation).doesNotContainIgnoringCase("this path does not exist");
        }
    }

    @Test
    void anAnswerWithAFieldThatTheDocumentDoesNotNameIsFound() throws Exception {
        HttpResponse<String> answer =
                ask(HttpRequest.newBuilder(atlas.adminUri().resolve("/admin/v1/configuration")), "GET");
        OpenApi.DOCUMENT.check(answer);
        assertThatThrownBy(() -> OpenApi.DOCUMENT.check(answer, answer.body().replace("\"version\"", "\"edition\"")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("edition");
    }

    private static HttpResponse<String> ask(HttpRequest.Builder request, String method) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    request.header("content-type", "application/json")
                            .method(
                                    method,
                                    method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
