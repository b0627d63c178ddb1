package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} and {@code serve}, which read a configuration. */
class ConfigurationCommandsTest {
    private static final String VALID = """
            apiVersion: atlas/v1
            server: { admin: { token: "${ADMIN}" } }
            backends: { sim: { type: sim } }
            models:
              small: { context: 32k, price: { input: "0 USD", output: "0 USD" }, deployments: [ { backend: sim } ] }
            tiers: { free: { models: [ small ] } }
            tenants: { acme: { tier: free, keys: { ci: { secret: "${CI}" } } } }
            """;
    private static final Map<String, String> VARIABLES =
            Map.of("ADMIN", "an-admin-token-of-some-length", "CI", "sk-a-key-of-some-length");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aValidFileIsTold() throws IOException {
        Path file = file(VALID);

        Ran ran = Ran.with(VARIABLES, "check", file.toString());

        assertThat(ran)
                .isEqualTo(new Ran(
                        0,
                        "",
                        "atlas: " + file + ": valid: backends 1, models 1, tiers 1, tenants 1"
                                + System.lineSeparator()));
    }

    @Test
    void theConfigurationOfTheContainersIsValid() {
        Map<String, String> variables = Map.of(
                "ATLAS_ADMIN_TOKEN", "t".repeat(40),
                "REDIS_PASSWORD", "r".repeat(40),
                "PG_PASSWORD", "p".repeat(40),
                "ACME_KEY", "a".repeat(40));

        Ran ran = Ran.with(variables, "check", "--strict", "../deploy/atlas.compose.yaml");

        assertThat(ran.err()).contains("valid: backends 1, models 1, tiers 1, tenants 1");
        assertThat(ran.exitCode()).isZero();
    }

    @Test
    void everyFindingHasItsPlaceAndTheExitCodeIs65() throws IOException {
        Path file = file(VALID.replace("tier: free", "tier: fre").replace("type: sim", "type: sin"));

        Ran ran = Ran.with(VARIABLES, "check", file.toString());

        assertThat(ran.exitCode()).isEqualTo(65);
        assertThat(ran.out())
                .contains(file + ":3:26: error: ", file + ":7:26: error: ")
                .doesNotContain("sk-a-key");
    }

    @Test
    void findingsAreDataForPrograms() throws IOException {
        Path file = file(VALID.replace("tier: free", "tier: fre"));

        assertThat(Ran.with(VARIABLES, "check", file.toString(), "--output", "json")
                        .out())
                .contains("\"valid\" : false", "\"line\" : 7", "\"column\" : 26", "\"severity\" : \"error\"");
        assertThat(Ran.with(VARIABLES, "check", file.toString(), "--output", "csv")
                        .out())
                .startsWith("severity,file,line,column,message\r\nerror,")
                .contains(",7,26,");
    }

    @Test
    void warningsFailOnlyAStrictCheck() throws IOException {
        String file = file(VALID.replace("${CI}", "sk-written-in-clear-here")).toString();

        Ran mild = Ran.with(VARIABLES, "check", file);
        Ran strict = Ran.with(VARIABLES, "check", "--strict", file);

        assertThat(mild.exitCode()).isZero();
        assertThat(mild.out()).contains("warning: ").doesNotContain("sk-written");
        assertThat(strict).isEqualTo(new Ran(2, mild.out(), mild.err()));
    }

    @Test
    void whatServeDoesNotStartWithIsAWarning() throws IOException {
        String file = file(VALID.replace("server: { admin: { token: \"${ADMIN}\" } }\n", ""))
                .toString();

        Ran mild = Ran.with(VARIABLES, "check", file);

        assertThat(mild.exitCode()).isZero();
        assertThat(mild.out()).startsWith(file + ":1:1: warning: server.admin.token: missing");
        assertThat(Ran.with(VARIABLES, "check", "--strict", file).exitCode()).isEqualTo(2);
    }

    @Test
    void aFileThatIsNotThereIsOneLine() {
        Ran ran = Ran.with(VARIABLES, "check", folder.resolve("none.yaml").toString());

        assertThat(ran.exitCode()).isEqualTo(65);
        assertThat(ran.err()).endsWith("none.yaml: no such file" + System.lineSeparator());
    }

    @Test
    void serveStartsAValidConfigurationOnly() throws IOException {
        List<Configuration> started = new ArrayList<>();
        Launch launch = new Launch(
                (_, configuration, _) -> {
                    started.add(configuration);
                    return 130;
                },
                Ran.NOTHING.developing(),
                Ran.NOTHING.simulating());
        String valid = file(VALID).toString();

        assertThat(Ran.with(launch, VARIABLES, "serve", "--config", valid).exitCode())
                .isEqualTo(130);
        assertThat(started)
                .singleElement()
                .satisfies(configuration -> assertThat(configuration.tenants()).containsOnlyKeys("acme"));

        Ran invalid = Ran.with(launch, Map.of(), "serve", "--config", valid);
        assertThat(invalid.exitCode()).isEqualTo(65);
        assertThat(invalid.err()).contains(valid + ":2:", "ADMIN");
        assertThat(started).hasSize(1);
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("atlas.yaml"), yaml);
    }
}
