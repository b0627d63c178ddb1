package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The document of the API. What any test of this package is answered is held against it. */
final class OpenApi {
    static final OpenApi DOCUMENT = read(Path.of("..", "docs", "reference", "openapi.yaml"));

    private static final String PLACE = "https://atlas.invalid/openapi.json";
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]+}");
    /** Where every path that answers is in the document. */
    private static final Pattern OWN = Pattern.compile("/admin/v1/.*|/v1/(?!models).*");

    private final JsonNode document;
    private final SchemaRegistry schemas;

    private OpenApi(JsonNode document) {
        this.document = document;
        this.schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(PLACE, document.toString())));
    }

    private static OpenApi read(Path file) {
        try {
            return new OpenApi(YAMLMapper.builder().build().readTree(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What can be asked: {@code GET /v1/quota}. */
    List<String> operations() {
        return document.path("paths")
                .propertyStream()
                .flatMap(path -> path.getValue()
                        .propertyStream()
                        .map(operation -> operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey()))
                .sorted()
                .toList();
    }

    /** Fails where this is not what the document says of the answer. */
    void check(HttpResponse<String> response) {
        check(response, response.body());
    }

    void check(HttpResponse<String> response, String body) {
        String path = response.request().uri().getRawPath();
        String method = response.request().method().toLowerCase(Locale.ROOT);
        String contentType = response.headers().firstValue("content-type").orElse("");
        if (!contentType.contains("json") || !OWN.matcher(path).matches()) {
            return;
        }
        Optional<String> template = template(path, method);
        if (template.isEmpty()) {
            assertThat(response.statusCode())
                    .as("%s %s is not in openapi.yaml", method, path)
                    .isGreaterThanOrEqualTo(400);
            return;
        }
        schema(template.get(), method, response.statusCode(), contentType)
                .ifPresent(schema -> assertThat(schema.validate(body, InputFormat.JSON))
                        .as("%s %s %s: %s", response.statusCode(), method, path, body)
                        .isEmpty());
    }

    /** The path of the document with the fewest parameters that this may be. */
    private Optional<String> template(String path, String method) {
        return document.path("paths")
                .propertyStream()
                .filter(entry -> entry.getValue().has(method))
                .map(Map.Entry::getKey)
                .filter(template -> pattern(template).matcher(path).matches())
                .min(Comparator.comparingLong(
                        template -> PARAMETER.matcher(template).results().count()));
    }

    private static Pattern pattern(String template) {
        return Pattern.compile(PARAMETER
                .splitAsStream(template)
                .map(Pattern::quote)
                .collect(Collectors.joining("[^/]+", "", template.endsWith("}") ? "[^/]+" : "")));
    }

    /** A refusal is in the form of the listener that it comes from, whatever was asked for there. */
    private Optional<Schema> schema(String template, String method, int status, String contentType) {
        if (status >= 400) {
            return Optional.of(at("/components/schemas/" + (contentType.contains("problem") ? "Problem" : "Error")));
        }
        String answer = "/paths/" + template.replace("/", "~1") + "/" + method + "/responses/" + status;
        assertThat(document.at(answer).isObject())
                .as("%s %s: %s", method, template, status)
                .isTrue();
        return document.at(answer)
                .path("content")
                .propertyStream()
                .map(content -> at(answer + "/content/" + content.getKey().replace("/", "~1") + "/schema"))
                .findFirst();
    }

    private Schema at(String place) {
        return schemas.getSchema(SchemaLocation.of(PLACE + "#" + place));
    }
}
