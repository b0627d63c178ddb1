package io.atlas.books;

import io.atlas.config.Configuration;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Configurations of a tenant with two keys and three models, whose limits are always other ones. */
final class World {
    static final List<String> MODELS = List.of("small", "large", "giant");
    static final List<String> SECRETS = List.of("the-secret-of-the-first-key", "the-secret-of-the-second-key");

    private static final LocalDate DAY = LocalDate.of(2026, 11, 20);
    private static final List<String> KINDS =
            List.of("requests: 1G", "tokens: 1G", "inputTokens: 1G", "outputTokens: 1G", "cost: \"900000 USD\"");
    private static final List<String> PERIODS = List.of("minute", "hour", "day", "week", "month", "year");
    private static final List<String> ZONES = List.of("UTC", "Europe/Rome", "Pacific/Kiritimati", "Pacific/Pago_Pago");
    private static final List<String> CLASSES = List.of("basic", "expert");

    private World() {}

    /** The tenant has that one limit, and the small model that class. */
    static Configuration of(String limit, String zone, String classOfSmall) {
        return read(
                List.of("[]", "[]", "[ { " + limit + " } ]", "[]", "[]", "[]"),
                zone,
                List.of(classOfSmall, "expert", "basic"));
    }

    /** Any. */
    static Configuration random(Random random) {
        List<String> limits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            limits.add(limits(random, i == 1));
        }
        return read(
                limits,
                any(random, ZONES),
                MODELS.stream().map(_ -> any(random, CLASSES)).toList());
    }

    private static String limits(Random random, boolean ofModel) {
        List<String> limits = new ArrayList<>();
        for (String kind : KINDS) {
            for (String period : PERIODS) {
                if (random.nextInt(8) == 0) {
                    limits.add("{ " + kind + ", per: " + period + (ofModel ? "" : narrowing(random)) + " }");
                }
            }
        }
        return limits.toString();
    }

    private static String narrowing(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> ", model: " + any(random, MODELS);
            default -> "";
        };
    }

    private static <T> T any(Random random, List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    private static Configuration read(List<String> limits, String zone, List<String> classes) {
        String model =
                "  %s: { class: %s, price: { input: \"1.5 USD\", output: \"2 USD\" }, deployments: [ { backend: sim } ], limits: %s }\n";
        String yaml = "apiVersion: atlas/v1\nlimits: " + limits.get(0) + "\nbackends: { sim: { type: sim } }\nmodels:\n"
                + model.formatted("small", classes.get(0), limits.get(1))
                + model.formatted("large", classes.get(1), "[]")
                + model.formatted("giant", classes.get(2), "[]")
                + "tiers: { pro: { models: [ \"*\" ] } }\ntenants:\n  acme:\n    tier: pro\n    zone: " + zone
                + "\n    limits: " + limits.get(2)
                + "\n    teams:\n      search:\n        limits: " + limits.get(3)
                + "\n        users: { ada: { limits: " + limits.get(4) + " } }"
                + "\n        keys: { ci: { secret: " + SECRETS.get(0) + ", user: ada, limits: " + limits.get(5) + " } }"
                + "\n    keys: { app: { secret: " + SECRETS.get(1) + " } }\n";
        return switch (ConfigurationReader.read(
                "atlas.yaml", yaml.getBytes(StandardCharsets.UTF_8), _ -> Optional.empty(), DAY)) {
            case Reading.Valid valid -> valid.configuration();
            case Reading.Invalid invalid -> throw new AssertionError(invalid.findings() + "\n" + yaml);
        };
    }
}
