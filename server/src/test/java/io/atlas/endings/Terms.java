package io.atlas.endings;

import io.atlas.config.Configuration;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * The text of a configuration. A model is named {@code BACKEND/BEHAVIOUR}, and is what the backend calls the behaviour.
 *
 * @param backends one line each
 * @param tenants one line each
 */
record Terms(Path data, List<String> backends, List<String> models, List<String> tenants) {
    /** Nano-USD for a million tokens of input, and of output: no multiple of a nano-USD for a token. */
    static final long INPUT_PRICE = 150_500_000;

    static final long OUTPUT_PRICE = 600_250_000;

    Terms {
        backends = List.copyOf(backends);
        models = List.copyOf(models);
        tenants = List.copyOf(tenants);
    }

    /** What so many tokens cost by these terms: one sum for the whole request, rounded up. */
    static long nanoUsd(long inputTokens, long outputTokens) {
        return Math.ceilDiv(inputTokens * INPUT_PRICE + outputTokens * OUTPUT_PRICE, 1_000_000);
    }

    /** A zone in which it is about noon, so that no day ends while a test runs. */
    static String noon() {
        int hour = Instant.now().atZone(ZoneOffset.UTC).getHour();
        return hour == 12 ? "UTC" : hour < 12 ? "Etc/GMT-" + (12 - hour) : "Etc/GMT+" + (hour - 12);
    }

    String text() {
        StringBuilder yaml = new StringBuilder("apiVersion: atlas/v1\n");
        yaml.append("server: { listen: \"127.0.0.1:0\", data: \"").append(data);
        yaml.append("\", admin: { listen: \"127.0.0.1:0\", token: \"")
                .append(Desk.TOKEN)
                .append("\" } }\n");
        section(yaml, "backends", backends);
        section(yaml, "models", models.stream().map(Terms::model).toList());
        yaml.append("tiers: { all: { models: [ \"*\" ] }, few: { models: [ \"").append(models.getFirst());
        yaml.append("\" ] } }\n");
        section(yaml, "tenants", tenants);
        return yaml.toString();
    }

    Configuration configuration() {
        byte[] yaml = text().getBytes(StandardCharsets.UTF_8);
        return switch (ConfigurationReader.read(
                "atlas.yaml", yaml, _ -> Optional.empty(), TimeSource.system().today())) {
            case Reading.Valid valid -> valid.configuration();
            case Reading.Invalid invalid ->
                throw new AssertionError(
                        invalid.findings().stream().map(Finding::toString).toList());
        };
    }

    private static void section(StringBuilder yaml, String name, List<String> lines) {
        yaml.append(name).append(":\n");
        lines.forEach(line -> yaml.append("  ").append(line).append('\n'));
    }

    private static String model(String name) {
        String[] part = name.split("/", 2);
        return "\"" + name
                + "\": { context: 100M, price: { input: \"0.1505 USD\", output: \"0.60025 USD\" }, deployments: [ { backend: "
                + part[0] + ", model: " + part[1] + " } ] }";
    }
}
