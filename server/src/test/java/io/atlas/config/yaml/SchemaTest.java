package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schema that editors use says what the reader reads. */
class SchemaTest {
    private static final String TENANT = Yaml.WORLD
            + "tenants: { acme: { tier: pro, zone: UTC, limits: [ { tokens: 10k, per: day } ], keys: { k: { secret: \"${KEY}\" } } } }\n";

    private final com.networknt.schema.Schema schema = SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12)
            .getSchema(ConfigurationReader.schema());

    @Test
    void theOneInTheDocumentsIsTheOneThatTheCodeWrites() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "reference", "atlas.schema.json")))
                .as("docs/reference/atlas.schema.json (write it with ./atlas check --schema)")
                .isEqualTo(ConfigurationReader.schema());
    }

    @Test
    void theExampleIsValidAndNamesIt() throws IOException {
        String example = Files.readString(Path.of("..", "atlas.example.yaml"));
        assertThat(errors(example)).isEmpty();
        assertThat(example).startsWith("# yaml-language-server: $schema=docs/reference/atlas.schema.json\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokens: 10k      | tokens: 10_000",
                "tokens: 10k      | tokens: 10000",
                "tokens: 10k      | tokens: \"${MANY}\"",
                "type: sim        | type: sim, x-note: mine",
                "type: sim        | type: vllm, url: http://127.0.0.1:1, concurrency: 5",
                "tier: pro        | tier: pro, teams: { a: { users: { ada: { limits: [] } } } }",
                "models: [ \"*\" ] | models: [ small, { class: basic } ]"
            })
    void whatTheReaderTakesIsValid(String good, String other) {
        assertThat(TENANT).contains(good);
        String yaml = TENANT.replace(good, other).replace("${MANY}", "${MANY:-7}");
        assertThat(Yaml.read(yaml)).isInstanceOf(Reading.Valid.class);
        assertThat(errors(yaml)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokens: 10k      | tokns: 10k",
                "tokens: 10k      | tokens: 10K",
                "tokens: 10k      | tokens: 10k, requests: 5",
                "per: day         | per: days",
                "per: day         | per: day, each: nobody",
                "type: sim        | typ: sim",
                "type: sim        | type: simm",
                "type: sim        | type: azure",
                "type: sim        | type: sim, ttft: 5",
                "tier: pro, zone  | zone",
                "secret: \"${KEY}\" | user: ada",
                "output: \"2 USD\" | output: 2",
                "models: [ \"*\" ] | models: []",
                "models: [ \"*\" ] | models: [ { clas: basic } ]",
                "atlas/v1         | atlas/v2"
            })
    void whatTheReaderRefusesForItsFormIsNot(String good, String bad) {
        assertThat(TENANT).contains(good);
        String yaml = TENANT.replace(good, bad);
        assertThat(Yaml.read(yaml)).isInstanceOf(Reading.Invalid.class);
        assertThat(errors(yaml)).isNotEmpty();
    }

    private List<String> errors(String yaml) {
        return schema.validate(yaml, InputFormat.YAML).stream()
                .map(Object::toString)
                .toList();
    }
}
