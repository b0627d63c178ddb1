package io.atlas.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.app.Atlas;
import io.atlas.config.Configuration;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.time.TimeSource;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scenario against the gateway that it is made for, with shorter acts. */
@Timeout(120)
class NoisyNeighbourTest {
    private static final Map<String, String> KEYS =
            Map.of("hobby", "a".repeat(40), "acme", "b".repeat(40), "globex", "c".repeat(40));

    @Test
    void theOneWhoHammersIsRefusedAndTheOthersAreNot(@TempDir Path data) throws Exception {
        Script whole = Scenario.NOISY_NEIGHBOUR.script();
        Script brief = new Script(
                whole.parts(),
                whole.acts().stream()
                        .map(act -> new Act(act.title(), act.mood(), Duration.ofSeconds(3)))
                        .toList());
        Watcher watcher = new Watcher();

        Atlas atlas = Atlas.start(configuration(data));
        URI address = URI.create("http://127.0.0.1:" + atlas.port());
        try (Play _ = Play.begin(brief, watcher, address, KEYS, TimeSource.system())) {
            for (String quiet : List.of("hobby", "globex")) {
                for (Seen seen :
                        List.of(watcher.of(quiet).calm(), watcher.of(quiet).noise())) {
                    assertThat(seen.asked()).as(quiet).isPositive();
                    assertThat(seen.served()).as(quiet).isEqualTo(seen.asked());
                }
            }
            Seen noise = watcher.of("acme").noise();
            assertThat(noise.asked() + noise.unsent()).isEqualTo(375);
            assertThat(noise.asked()).isGreaterThan(60);
            assertThat(noise.refused()).containsKey("concurrency_exceeded");
            assertThat(noise.served()).isPositive();
            assertThat(noise.served() + noise.refusals()).isEqualTo(noise.asked());
        } finally {
            atlas.stop();
        }
    }

    @Test
    void aScenarioIsFoundByItsNameAndNoOther() {
        assertThat(Scenario.words()).containsExactly("noisy-neighbour");
        assertThat(Scenario.named("noisy-neighbour")).contains(Scenario.NOISY_NEIGHBOUR);
        assertThat(Scenario.named("NOISY_NEIGHBOUR")).isEmpty();
    }

    private static Configuration configuration(Path data) throws Exception {
        String server =
                "\nserver: { listen: \"127.0.0.1:0\", admin: { listen: \"127.0.0.1:0\" }, data: \"" + data + "\" }\n";
        try (InputStream in = Objects.requireNonNull(Atlas.class.getResourceAsStream("/dev.yaml"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8) + server;
            return switch (ConfigurationReader.read(
                    "dev.yaml",
                    text.getBytes(StandardCharsets.UTF_8),
                    name -> Optional.ofNullable(KEYS.get(name)),
                    LocalDate.of(2026, 11, 20))) {
                case Reading.Valid valid -> valid.configuration();
                case Reading.Invalid invalid ->
                    throw new AssertionError(invalid.findings().toString());
            };
        }
    }
}
