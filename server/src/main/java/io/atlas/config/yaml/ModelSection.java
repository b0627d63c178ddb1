package io.atlas.config.yaml;

import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Usage;
import io.atlas.model.Deployment;
import io.atlas.model.Model;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Node;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The section {@code models}. */
final class ModelSection {
    private static final long DEFAULT_CONTEXT_TOKENS = 128_000;
    private static final long DEFAULT_OUTPUT_TOKENS = 1_024;
    private static final String CREDITS = "credits";
    private static final String REFERENCE = "reference";
    private static final String MAX_TOKENS = String.valueOf(Usage.MAX_TOKENS);
    private static final String PRICES = "expected: { input: \"2.50 USD\", output: \"10.00 USD\" }";

    private static final String FEATURES = "features";
    private static final Grammar<Feature> FEATURE =
            Scalars.word(Arrays.stream(Feature.values()).collect(Collectors.toMap(Feature::word, Function.identity())));

    private final Source source;
    private final Fields root;
    private final Set<String> backends;
    private final Set<String> pools;
    private final LimitSection limits;
    private final LocalDate today;

    /** A reader of models that may be deployed on these backends and draw on these pools, at the prices of that day. */
    ModelSection(Source source, Fields root, Set<String> backends, Set<String> pools, LocalDate today) {
        this.source = source;
        this.root = root;
        this.backends = backends;
        this.pools = pools;
        this.limits = new LimitSection(source, root, List.of());
        this.today = today;
    }

    /** The names of the models' classes. */
    static Set<String> classes(Collection<Model> models) {
        Set<String> classes = new TreeSet<>();
        models.stream().map(Model::modelClass).filter(name -> !name.isEmpty()).forEach(classes::add);
        return classes;
    }

    /** The models by name, those with errors as far as they could be read. */
    Map<String, Model> read() {
        Map<String, Fields> named = root.named("models", Naming.MODEL);
        Grammar<String> other = Naming.MODEL.known(named.keySet());
        Map<String, Model> models = new LinkedHashMap<>();
        named.forEach((name, fields) -> models.put(name, model(name, fields, other)));
        credit(models, other).ifPresent(pico -> models.replaceAll((_, model) -> model.weighedBy(pico)));
        return models;
    }

    /** The price of a credit, if the file says what tokens are weighed by. */
    private Optional<Long> credit(Map<String, Model> models, Grammar<String> known) {
        if (!root.has(CREDITS)) {
            return Optional.empty();
        }
        Fields fields = root.fields(CREDITS);
        Optional<Model> reference = fields.required(REFERENCE, known).map(models::get);
        fields.finish();
        Optional<Long> price = reference.map(model -> model.price().inputPicoUsd());
        price.filter(pico -> pico < Price.MIN_CREDIT_PICO_USD)
                .ifPresent(_ -> source.error(
                        fields.mark(REFERENCE),
                        REFERENCE + ": " + reference.orElseThrow().name()
                                + " is too cheap to weigh by (expected: a model"
                                + " whose input costs 0.001 USD or more)"));
        return price.filter(pico -> pico >= Price.MIN_CREDIT_PICO_USD);
    }

    private Model model(String name, Fields fields, Grammar<String> other) {
        String modelClass = fields.optional("class", Naming.CLASS.fresh()).orElse("");
        long context =
                fields.optional("context", Scalars.number("1", MAX_TOKENS)).orElse(DEFAULT_CONTEXT_TOKENS);
        long maxOutput = fields.optional("maxOutput", Scalars.number("1", String.valueOf(context)))
                .orElse(context);
        long defaultOutput = fields.optional("defaultOutput", Scalars.number("1", String.valueOf(maxOutput)))
                .orElse(Math.min(DEFAULT_OUTPUT_TOKENS, maxOutput));
        Price price = price(fields, "price", Price.FREE);
        fields.need("price", PRICES);
        Features able = features(fields, Features.EVERY);
        List<Deployment> deployments = deployments(name, fields, new Common(price, able));
        List<LimitSpec> ofModel = limits.alone(fields);
        Optional<String> downgrade = fields.optional("downgrade", other);
        Optional<String> fallback = fields.optional("fallback", other);
        fields.finish();
        String priceVersion = name + "@" + today;
        return new Model(
                name,
                modelClass,
                context,
                maxOutput,
                defaultOutput,
                price,
                priceVersion,
                deployments,
                ofModel,
                downgrade,
                fallback);
    }

    private static Price price(Fields owner, String key, Price absent) {
        if (!owner.has(key)) {
            return absent;
        }
        Fields fields = owner.fields(key);
        long input = fields.required("input", Forms.PICO_USD_PER_TOKEN).orElse(0L);
        long output = fields.required("output", Forms.PICO_USD_PER_TOKEN).orElse(0L);
        long cachedInput =
                fields.optional("cachedInput", Forms.PICO_USD_PER_TOKEN).orElse(input);
        fields.finish();
        return new Price(input, cachedInput, output);
    }

    /** What is there; what is common where nothing is said. */
    private Features features(Fields owner, Features absent) {
        if (!owner.has(FEATURES)) {
            return absent;
        }
        Features features = Features.NONE;
        for (Node item : owner.items(FEATURES)) {
            features = source.read(FEATURES, item, FEATURE).map(features::with).orElse(features);
        }
        return features;
    }

    /** What holds for a deployment that says nothing else. */
    private record Common(Price cost, Features features) {}

    private List<Deployment> deployments(String model, Fields fields, Common common) {
        List<Deployment> deployments = new ArrayList<>();
        for (Node item : fields.someItems("deployments", "expected: at least one")) {
            deployments.add(deployment(model, Fields.of(source, "deployment", item.mark(), item), common));
        }
        return deployments;
    }

    private Deployment deployment(String model, Fields fields, Common common) {
        String backend =
                fields.required("backend", Naming.BACKEND.known(backends)).orElse("");
        String upstreamModel = fields.optional("model", Scalars.visible(1, 256)).orElse(model);
        int weight = fields.optional("weight", Scalars.integer("1", "1k")).orElse(1);
        Price cost = price(fields, "cost", common.cost);
        Optional<String> pool = fields.optional("pool", Naming.POOL.known(pools));
        Features features = features(fields, common.features);
        fields.finish();
        return new Deployment(backend, upstreamModel, weight, cost, pool, features);
    }
}
