package io.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What can be known of {@code deploy/compose.yaml} and the image without containers: that its parts fit each other. */
class ComposeTest {
    private static final Path DEPLOY = Repository.ROOT.resolve("deploy");
    private static final JsonNode SERVICES = YAMLMapper.shared()
            .readTree(Repository.read(DEPLOY.resolve("compose.yaml")))
            .path("services");
    private static final String DOCKERFILE = Repository.read(DEPLOY.resolve("Dockerfile"));

    @Test
    void everythingThatIsMountedIsThere() {
        List<String> mounted = SERVICES.valueStream()
                .flatMap(service -> service.path("volumes").valueStream())
                .map(volume -> volume.asString().split(":", -1)[0])
                .filter(source -> source.startsWith("."))
                .toList();

        assertThat(mounted).hasSizeGreaterThan(4);
        assertThat(mounted)
                .allSatisfy(source -> assertThat(DEPLOY.resolve(source)).exists());
    }

    @Test
    void everyServiceHasOneVersionAndSaysWhetherItIsWell() {
        assertThat(SERVICES.size()).isEqualTo(5);
        assertThat(SERVICES.valueStream()).allSatisfy(service -> {
            assertThat(service.path("image").asString()).matches("atlas:local|.+:v?\\d+\\.\\d+(\\.\\d+)?");
            assertThat(service.path("healthcheck").path("test").size()).isGreaterThan(1);
        });
        assertThat(all("(?m)^FROM \\S+:(\\S+)", DOCKERFILE))
                .hasSize(2)
                .allMatch(tag -> tag.matches("\\d+\\.\\d+\\.\\d+.*"));
    }

    @Test
    void theGatewayIsGivenEverySecretThatItsConfigurationNamesAndNoFileHasOne() {
        String configuration = Repository.read(DEPLOY.resolve("atlas.compose.yaml"));

        assertThat(all("\\$\\{([A-Z_]+)}", configuration))
                .containsExactlyInAnyOrderElementsOf(
                        SERVICES.path("atlas").path("environment").propertyNames());
        assertThat(SERVICES.valueStream()
                        .flatMap(service -> service.path("environment").properties().stream())
                        .filter(variable -> variable.getKey().matches(".*(PASSWORD|TOKEN|KEY)")))
                .hasSizeGreaterThan(5)
                .allMatch(variable -> variable.getValue().asString().matches("\\$\\{[A-Z_]+:\\?.+}"));
    }

    @Test
    void theImageIsMadeOfWhatThereIsAndStartsAsTheLauncherDoes() {
        assertThat(all("(?m)^COPY (?!--from)(\\S+) ", DOCKERFILE))
                .hasSizeGreaterThan(4)
                .allSatisfy(
                        source -> assertThat(Repository.ROOT.resolve(source)).exists());

        String launcher = Repository.read(Repository.ROOT.resolve("atlas"));
        List<String> flags = Stream.of("server_flags", "common_flags")
                .flatMap(name -> all("(?s)\\n" + name + "=\\((.+?)\\)", launcher).stream())
                .flatMap(written -> Stream.of(written.strip().split("\\s+", -1)))
                .toList();
        String entry = all("(?s)ENTRYPOINT \\[(.+?)]", DOCKERFILE).getFirst();
        assertThat(all("\"(-[^\"]+)\"", entry))
                .containsExactlyElementsOf(
                        Stream.concat(flags.stream(), Stream.of("-jar")).toList());
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
