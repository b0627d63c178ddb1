package io.atlas.config.yaml;

import io.atlas.model.Backend;
import io.atlas.model.Health;
import io.atlas.model.Health.Attention;
import io.atlas.model.Simulation;
import io.atlas.secret.Secret;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Scalars;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The section {@code backends}. */
final class BackendSection {
    private static final Grammar<Backend.Type> TYPE = Scalars.word(
            Arrays.stream(Backend.Type.values()).collect(Collectors.toMap(Backend.Type::word, Function.identity())),
            "triton",
            "azure",
            "anthropic");

    private static final Grammar<Attention> ATTENTION = Scalars.word(
            Map.of("unhealthy", Attention.UNHEALTHY, "always", Attention.ALWAYS, "never", Attention.NEVER));

    private BackendSection() {}

    /** The backends by name, those with errors as far as they could be read. */
    static Map<String, Backend> read(Fields root) {
        Map<String, Backend> backends = new LinkedHashMap<>();
        root.named("backends", Naming.BACKEND).forEach((name, fields) -> backends.put(name, backend(name, fields)));
        return backends;
    }

    private static Backend backend(String name, Fields fields) {
        Optional<Backend.Type> type = fields.required("type", TYPE);
        boolean simulated = type.equals(Optional.of(Backend.Type.SIM));
        // Of an unknown type any key may be right.
        Optional<Simulation> simulation =
                simulated || type.isEmpty() ? Optional.of(simulation(fields)) : Optional.empty();
        Optional<URI> url = simulated
                ? Optional.empty()
                : type.isEmpty() ? fields.optional("url", Scalars.URL) : fields.required("url", Scalars.URL);
        Optional<Secret> apiKey = simulated
                ? Optional.empty()
                : fields.secret("apiKey", Scalars.visible(1, 1_024)).map(Secret::new);
        Backend backend = new Backend(
                name,
                type.orElse(Backend.Type.OPENAI),
                url,
                apiKey,
                fields.optional("concurrency", Scalars.integer("1", "100k")).orElse(Backend.DEFAULT_CONCURRENCY),
                fields.optional("queue", Scalars.integer("0", "1M")).orElse(Backend.DEFAULT_QUEUE),
                fields.optional("queueTimeout", Scalars.duration("1ms", "1h")).orElse(Backend.DEFAULT_QUEUE_TIMEOUT),
                simulation,
                health(fields.fields("health")));
        fields.finish("apiVersion");
        return backend;
    }

    private static Health health(Fields fields) {
        Health usual = Health.DEFAULT;
        Health health = new Health(
                fields.optional("failures", Scalars.integer("1", "1M")).orElse(usual.mostFailures()),
                fields.optional("rest", Scalars.duration("0ms", "60s")).orElse(usual.longestRest()),
                fields.optional("path", Forms.HTTP_PATH),
                fields.optional("interval", Scalars.duration("250ms", "10m")).orElse(usual.interval()),
                fields.optional("check", ATTENTION).orElse(usual.attention()));
        fields.finish();
        return health;
    }

    private static Simulation simulation(Fields fields) {
        Simulation usual = Simulation.DEFAULT;
        return new Simulation(
                fields.optional("seed", Scalars.number("0", "1G")).orElse(usual.seed()),
                fields.optional("ttft", Scalars.duration("0ms", "10m")).orElse(usual.ttft()),
                fields.optional("tokensPerSecond", Scalars.integer("1", "1M")).orElse(usual.tokensPerSecond()),
                fields.optional("slots", Scalars.integer("1", "100k")).orElse(usual.slots()),
                fields.optional("simQueue", Scalars.integer("0", "1M")).orElse(usual.queue()),
                fields.optional("errors", Scalars.PER_MILLE).orElse(usual.errorPerMille()),
                fields.optional("throttles", Scalars.PER_MILLE).orElse(usual.throttlePerMille()),
                fields.optional("stalls", Scalars.PER_MILLE).orElse(usual.stallPerMille()),
                fields.optional("cuts", Scalars.PER_MILLE).orElse(usual.cutPerMille()),
                fields.optional("cached", Scalars.PER_MILLE).orElse(usual.cachedPerMille()),
                fields.optional("reasoning", Scalars.PER_MILLE).orElse(usual.reasoningPerMille()));
    }
}
