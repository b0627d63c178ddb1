package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration;
import io.atlas.yaml.Finding;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A configuration file of a test, read on a fixed day in a fixed environment. */
final class Yaml {
    static final LocalDate TODAY = LocalDate.of(2026, 11, 20);

    /** One of everything that other sections refer to; it has no finding. Ends on line 8. */
    static final String WORLD = """
            apiVersion: atlas/v1
            backends:
              sim: { type: sim }
            models:
              small: { class: basic, price: { input: "1 USD", output: "2 USD" }, deployments: [ { backend: sim } ] }
              large: { class: expert, price: { input: "1 USD", output: "2 USD" }, deployments: [ { backend: sim } ] }
            tiers:
              pro: { models: [ "*" ] }
            """;

    private static final Map<String, String> VARIABLES =
            Map.of("KEY", "k".repeat(16), "OTHER", "o".repeat(20), "EMPTY", "", "HOST", "127.0.0.1", "SHORT", "abc");

    private Yaml() {}

    /** What becomes of the text. */
    static Reading read(String yaml) {
        return read(yaml.getBytes(StandardCharsets.UTF_8));
    }

    /** What becomes of the bytes. */
    static Reading read(byte[] yaml) {
        return ConfigurationReader.read("atlas.yaml", yaml, name -> Optional.ofNullable(VARIABLES.get(name)), TODAY);
    }

    /** All findings of the text as they are printed. */
    static List<String> findings(String yaml) {
        return printed(read(yaml));
    }

    /** All findings of a reading as they are printed. */
    static List<String> printed(Reading reading) {
        return switch (reading) {
            case Reading.Valid valid ->
                valid.warnings().stream().map(Finding::toString).toList();
            case Reading.Invalid invalid ->
                invalid.findings().stream().map(Finding::toString).toList();
        };
    }

    /** The configuration of a text that has no finding. */
    static Configuration configuration(String yaml) {
        Reading reading = read(yaml);
        assertThat(printed(reading)).isEmpty();
        return ((Reading.Valid) reading).configuration();
    }

    /** What has that name, which it must. */
    static <T> T at(Map<String, T> things, String name) {
        return Objects.requireNonNull(things.get(name), name);
    }
}
