package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer over plain HTTP. */
record Reply(int status, HttpHeaders headers, String body) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static Reply of(HttpResponse<String> response) {
        OpenApi.DOCUMENT.check(response);
        return new Reply(response.statusCode(), response.headers(), response.body());
    }

    /** The same, if it has that status. */
    Reply expect(int expected) {
        assertThat(status).as(body).isEqualTo(expected);
        return this;
    }

    /** The value of a header that must be there, once. */
    String header(String name) {
        assertThat(headers.allValues(name)).as(name).hasSize(1);
        return headers.firstValue(name).orElseThrow();
    }

    /** The value of a header. */
    Optional<String> maybe(String name) {
        return headers.firstValue(name);
    }

    JsonNode json() {
        return MAPPER.readTree(body);
    }

    /** What an error says in {@code error.atlas}. */
    JsonNode atlas() {
        JsonNode atlas = json().path("error").path("atlas");
        assertThat(atlas.isObject()).as(body).isTrue();
        return atlas;
    }

    /** The {@code error.code}. */
    String code() {
        return json().path("error").path("code").asString("");
    }

    /** The remedies of that kind: one at most. */
    Optional<JsonNode> remedy(String kind) {
        List<JsonNode> found = atlas().path("remedies")
                .valueStream()
                .filter(remedy -> remedy.path("kind").asString("").equals(kind))
                .toList();
        assertThat(found).as(body).hasSizeLessThan(2);
        return found.stream().findFirst();
    }

    /** The kinds of all remedies, in order. */
    List<String> remedies() {
        return atlas().path("remedies")
                .valueStream()
                .map(remedy -> remedy.path("kind").asString(""))
                .toList();
    }

    /** The data of a stream's events, {@code [DONE]} too. */
    List<String> events() {
        return body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }
}
