package io.atlas.acceptance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A random configuration, and what it permits, found without the gateway: who may be served by what, and why. */
final class DrawnPolicy {
    private static final int MODELS = 6;
    private static final int TIERS = 3;
    private static final int TENANTS = 4;
    private static final List<String> FEATURES = List.of("tools", "json");

    private static final String BACKENDS = """
            backends:
              alive: { type: vllm, url: "${oracle}" }
              dead: { type: vllm, url: "http://127.0.0.1:9", health: { check: never } }
            models:
            """;

    private final SplittableRandom random;
    private final List<DrawnModel> models;
    private final List<DrawnTier> tiers;
    private final List<Integer> tierOf;

    /** A model by number: its class, who stands in for it, whether it lives, and what it can; empty where it says nothing. */
    private record DrawnModel(
            int group,
            Optional<Integer> cheaper,
            Optional<Integer> standIn,
            boolean alive,
            Optional<Set<String>> can) {}

    /** A tier by number: whom it names, and what serves once it is used up. */
    private record DrawnTier(Set<Integer> names, Set<Integer> groups, Set<Integer> exhausted) {}

    /** Who asks for what. */
    record Asking(int tenant, Optional<Integer> claimed, int model, boolean exact, Optional<String> feature) {}

    DrawnPolicy(SplittableRandom random) {
        this.random = random;
        this.models = IntStream.range(0, MODELS).mapToObj(this::model).toList();
        this.tiers = IntStream.range(0, TIERS).mapToObj(_ -> tier()).toList();
        this.tierOf =
                IntStream.range(0, TENANTS).mapToObj(_ -> random.nextInt(TIERS)).toList();
    }

    private DrawnModel model(int number) {
        Optional<Set<String>> can = chance(0.5)
                ? Optional.empty()
                : Optional.of(some(FEATURES.size(), 0.5).stream()
                        .map(FEATURES::get)
                        .collect(Collectors.toCollection(TreeSet::new)));
        return new DrawnModel(random.nextInt(2), later(number, 0.8), later(number, 0.8), chance(0.7), can);
    }

    private DrawnTier tier() {
        Set<Integer> names = some(MODELS, 0.6);
        Set<Integer> groups = models.stream().anyMatch(model -> model.group == 0) ? some(1, 0.2) : Set.of();
        return new DrawnTier(names.isEmpty() ? Set.of(0) : names, groups, chance(0.7) ? some(MODELS, 0.4) : Set.of());
    }

    /** One of those behind it, so that no chain leads back. */
    private Optional<Integer> later(int number, double chance) {
        return number + 1 < MODELS && chance(chance)
                ? Optional.of(random.nextInt(number + 1, MODELS))
                : Optional.empty();
    }

    private Set<Integer> some(int of, double each) {
        return IntStream.range(0, of)
                .filter(_ -> chance(each))
                .boxed()
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private boolean chance(double of) {
        return random.nextDouble() < of;
    }

    /** The next request. */
    Asking next() {
        return new Asking(
                random.nextInt(TENANTS),
                chance(0.4) ? Optional.of(random.nextInt(TIERS)) : Optional.empty(),
                random.nextInt(MODELS),
                chance(0.25),
                chance(0.4) ? Optional.of(FEATURES.get(random.nextInt(FEATURES.size()))) : Optional.empty());
    }

    /** Whether that model may serve him: by the tier of his tenant, by the one that is claimed, by his header, by what it can. */
    boolean permits(Asking asking, int model) {
        boolean byTiers = allows(tierOf.get(asking.tenant), model)
                && asking.claimed.map(tier -> allows(tier, model)).orElse(true);
        boolean byHeader = !asking.exact || model == asking.model;
        return byTiers && byHeader && able(asking, model);
    }

    /** Whether the tiers have the model. */
    boolean has(Asking asking, int model) {
        return permits(new Asking(asking.tenant, asking.claimed, model, false, Optional.empty()), model);
    }

    /** Whether the model can do what is asked. */
    boolean able(Asking asking, int model) {
        return asking.feature
                .flatMap(feature -> models.get(model).can.map(can -> can.contains(feature)))
                .orElse(true);
    }

    private boolean allows(int tier, int model) {
        DrawnTier drawn = tiers.get(tier);
        return drawn.names.contains(model) || drawn.groups.contains(models.get(model).group);
    }

    /** The models that the file lets stand in for what is asked, and itself. */
    Set<Integer> named(Asking asking) {
        Set<Integer> named = new TreeSet<>(Set.of(asking.model));
        List<Integer> open = new ArrayList<>(named);
        while (!open.isEmpty()) {
            DrawnModel model = models.get(open.removeLast());
            model.cheaper.filter(named::add).ifPresent(open::add);
            model.standIn.filter(named::add).ifPresent(open::add);
        }
        named.addAll(tiers.get(tierOf.get(asking.tenant)).exhausted);
        return named;
    }

    static String key(int tenant) {
        return "key-of-the-tenant-x" + tenant;
    }

    static String keyOfPeople(int tenant) {
        return "key-of-the-people-x" + tenant;
    }

    String yaml() {
        StringBuilder yaml = new StringBuilder(BACKENDS);
        for (int i = 0; i < MODELS; i++) {
            DrawnModel model = models.get(i);
            yaml.append("  m%d:\n    class: g%d\n".formatted(i, model.group));
            yaml.append("    price: { input: \"%d USD\", output: \"%d USD\" }\n".formatted(12 - 2 * i, 24 - 4 * i));
            yaml.append("    deployments: [ { backend: %s } ]\n".formatted(model.alive ? "alive" : "dead"));
            model.cheaper.ifPresent(other -> yaml.append("    downgrade: m%d\n".formatted(other)));
            model.standIn.ifPresent(other -> yaml.append("    fallback: m%d\n".formatted(other)));
            model.can.ifPresent(can -> yaml.append("    features: %s\n".formatted(can)));
        }
        yaml.append("tiers:\n");
        for (int i = 0; i < TIERS; i++) {
            DrawnTier tier = tiers.get(i);
            yaml.append("  t%d:\n    models: [ %s ]\n".formatted(i, patterns(tier)));
            yaml.append("    limits: [ { requests: %d, per: month } ]\n".formatted(random.nextInt(8, 40)));
            yaml.append("    whenLow: [ %s ]\n".formatted(whenLow()));
            if (!tier.exhausted.isEmpty()) {
                yaml.append("    whenExhausted: { models: [ %s ], limits: [ { requests: 15, per: month } ] }\n"
                        .formatted(names(tier.exhausted)));
            }
        }
        return yaml.append("tenants:\n").append(tenants()).toString();
    }

    private static String patterns(DrawnTier tier) {
        String groups =
                tier.groups.stream().map(group -> ", { class: g" + group + " }").collect(Collectors.joining());
        return names(tier.names) + groups;
    }

    private static String names(Set<Integer> models) {
        return models.stream().map(model -> "m" + model).collect(Collectors.joining(", "));
    }

    private String whenLow() {
        return chance(0.3) ? "clamp, downgrade" : chance(0.8) ? "downgrade" : "trim, clamp";
    }

    private String tenants() {
        StringBuilder tenants = new StringBuilder();
        String claims = IntStream.range(0, TIERS).mapToObj(tier -> "t" + tier).collect(Collectors.joining(", "));
        for (int i = 0; i < TENANTS; i++) {
            tenants.append("  x%d:\n    tier: t%d\n".formatted(i, tierOf.get(i)));
            tenants.append("    limits: [ { cost: \"0.0%02d USD\", per: month, lowWater: %d%% } ]\n"
                    .formatted(random.nextInt(5, 30), random.nextInt(1, 100)));
            if (chance(0.3)) {
                tenants.append("    routing: { whenLow: [ %s ] }\n".formatted(whenLow()));
            }
            tenants.append("    keys:\n      app: { secret: %s }\n".formatted(key(i)));
            tenants.append("      people: { secret: %s, endUsers: { max: 100, tier: t0, mayClaim: [ %s ] } }\n"
                    .formatted(keyOfPeople(i), claims));
        }
        return tenants.toString();
    }
}
