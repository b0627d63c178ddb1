package io.atlas.config.yaml;

import io.atlas.config.Configuration;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Period;
import io.atlas.model.Deployment;
import io.atlas.model.Pool;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Node;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The section {@code pools}: upstream quotas, whose limits are rates of requests or tokens and nothing else. */
final class PoolSection {
    private static final List<Kind> KINDS = List.of(Kind.REQUESTS, Kind.TOKENS, Kind.INPUT_TOKENS, Kind.OUTPUT_TOKENS);
    private static final List<String> WORDS = KINDS.stream().map(Kind::word).toList();
    private static final Grammar<Long> AMOUNT = Scalars.number("1", "9_000_000G");
    private static final Grammar<Period> PERIOD =
            Scalars.word(Map.of("second", Period.SECOND, "minute", Period.MINUTE, "hour", Period.HOUR));
    private static final Grammar<Pool.Counts> COUNTS =
            Scalars.word(Map.of("reported", Pool.Counts.REPORTED, "reserved", Pool.Counts.RESERVED));

    private PoolSection() {}

    /** The pools by name, those with errors as far as they could be read. */
    static Map<String, Pool> read(Source source, Fields root) {
        Map<String, Pool> pools = new LinkedHashMap<>();
        root.named("pools", Naming.POOL).forEach((name, fields) -> pools.put(name, pool(source, name, fields)));
        return pools;
    }

    /** Warns of those that no deployment draws on. */
    static void warnOfUnused(Source source, Fields pools, Configuration read) {
        Set<String> used = read.models().values().stream()
                .flatMap(model -> model.deployments().stream())
                .map(Deployment::pool)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
        read.pools().keySet().stream()
                .filter(pool -> !used.contains(pool))
                .forEach(pool -> source.warning(
                        pools.mark(pool), pool + ": unused (expected: a deployment with pool: " + pool + ")"));
    }

    private static Pool pool(Source source, String name, Fields fields) {
        Pool.Counts counts = fields.optional("counts", COUNTS).orElse(Pool.Counts.REPORTED);
        List<LimitSpec> limits = new ArrayList<>();
        Set<String> sorts = new HashSet<>();
        for (Node item : fields.items("limits")) {
            Fields one = Fields.of(source, "limit", item.mark(), item);
            limit(source, one).ifPresent(spec -> {
                if (!sorts.add(spec.sort())) {
                    source.error(one.mark(), spec.sort() + ": twice (expected: once in a pool)");
                }
                limits.add(spec);
            });
        }
        fields.finish();
        return new Pool(name, limits, counts);
    }

    private static Optional<LimitSpec> limit(Source source, Fields fields) {
        Map<Kind, Optional<Long>> amounts = new LinkedHashMap<>();
        KINDS.stream()
                .filter(kind -> fields.has(kind.word()))
                .forEach(kind -> amounts.put(kind, fields.optional(kind.word(), AMOUNT)));
        fields.needOne(WORDS);
        Optional<Period> per = fields.required("per", PERIOD);
        Optional<Long> burst = fields.optional("burst", AMOUNT);
        fields.finish();
        if (amounts.isEmpty()) {
            fields.missing("kind", "expected: exactly one of " + String.join(", ", WORDS));
            return Optional.empty();
        }
        Kind kind = amounts.keySet().iterator().next();
        if (amounts.size() > 1) {
            String second =
                    amounts.keySet().stream().skip(1).findFirst().orElseThrow().word();
            source.error(
                    fields.mark(second),
                    second + ": beside " + kind.word() + " (expected: exactly one of " + String.join(", ", WORDS)
                            + ")");
        }
        return amounts.getOrDefault(kind, Optional.empty())
                .flatMap(amount ->
                        per.map(period -> LimitSpec.of(kind, period, amount).sized(amount, burst.orElse(amount))));
    }
}
