package io.atlas.config.yaml;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.LimitSpec.LowWater;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Scope;
import io.atlas.kernel.unit.Period;
import io.atlas.model.Model;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Grammar.Shape;
import io.atlas.yaml.Node;
import io.atlas.yaml.Node.Mark;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lists {@code limits}, wherever they stand. */
final class LimitSection {
    /** Where they stand. */
    static final String LIMITS = "limits";

    private static final String KINDS =
            Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));
    private static final Grammar<Period> PERIOD =
            Scalars.word(Arrays.stream(Period.values()).collect(Collectors.toMap(Period::word, Function.identity())));
    private static final Grammar<LimitSpec.Mode> MODE = Scalars.word(Arrays.stream(LimitSpec.Mode.values())
            .collect(Collectors.toMap(LimitSpec.Mode::word, Function.identity())));
    private static final Grammar<Long> COUNT = Scalars.number("1", "9_000_000G");
    private static final Grammar<Long> ANY_AMOUNT = Grammar.of("an amount", _ -> Optional.of(1L))
            .shaped(new Shape.Either(List.of(COUNT.shape(), Forms.NANO_USD.shape())));
    private static final String LOW_WATER = "lowWater";
    private static final String AUTO = "auto";
    private static final Grammar<LowWater> MARK = Grammar.of("0% to 100%, or " + AUTO, LimitSection::mark)
            .shaped(new Shape.Either(List.of(Scalars.PERCENT_WHOLE.shape(), new Shape.Words(List.of(AUTO)))));

    private final Source source;
    private final Fields root;
    private final Grammar<Narrowing> models;
    private final Grammar<Narrowing> classes;

    /** A reader of limits in the file of that root that may be narrowed to the given models and their classes. */
    LimitSection(Source source, Fields root, Collection<Model> models) {
        this.source = source;
        this.root = root;
        Set<String> names = models.stream().map(Model::name).collect(Collectors.toSet());
        this.models = Naming.MODEL.known(names).map(Narrowing.ToModel::new);
        this.classes = Naming.CLASS.known(ModelSection.classes(models)).map(Narrowing.ToClass::new);
    }

    /** Limits that nothing can narrow further, and that nobody below has for himself: of a model, or of what stands in. */
    List<LimitSpec> alone(Fields owner) {
        return list(owner, Scope.MODEL, _ -> Optional.of(new Narrowing.Whole()));
    }

    /** The limits of anything else at that level; {@code reach} says which narrowings ever count there. */
    List<LimitSpec> read(Fields owner, Scope scope, Predicate<Narrowing> reach) {
        return list(owner, scope, fields -> {
            Optional<Narrowing> narrowing = narrowing(fields);
            narrowing
                    .filter(narrow -> !reach.test(narrow))
                    .ifPresent(narrow -> source.warning(
                            fields.mark(),
                            "limit " + narrow.suffix() + ": counts nothing (expected: what its tier may use)"));
            return narrowing;
        });
    }

    private List<LimitSpec> list(Fields owner, Scope scope, Function<Fields, Optional<Narrowing>> narrowing) {
        List<LimitSpec> limits = new ArrayList<>();
        Map<String, Mark> first = new HashMap<>();
        for (Node item : owner.items(LIMITS)) {
            Fields fields = Fields.of(source, "limit", item.mark(), item);
            Optional<Narrowing> narrow = narrowing.apply(fields);
            limit(fields, scope, narrow).ifPresent(spec -> {
                Mark before = first.putIfAbsent(spec.sort(), fields.mark());
                if (before != null) {
                    source.error(fields.mark(), spec.sort() + ": twice (first at " + source.at(before) + ")");
                }
                limits.add(spec);
            });
        }
        return limits;
    }

    private Optional<Narrowing> narrowing(Fields fields) {
        Optional<Narrowing> toModel = fields.optional("model", models);
        Optional<Narrowing> toClass = fields.optional("class", classes);
        if (fields.has("model") && fields.has("class")) {
            source.error(fields.mark("class"), "class: beside model (expected: one of the two)");
            return Optional.empty();
        }
        return fields.has("model") || fields.has("class")
                ? toModel.or(() -> toClass)
                : Optional.of(new Narrowing.Whole());
    }

    private Optional<LimitSpec> limit(Fields fields, Scope scope, Optional<Narrowing> narrowing) {
        Map<Kind, Optional<Long>> amounts = new EnumMap<>(Kind.class);
        Stream.of(Kind.values())
                .filter(k -> fields.has(k.word()))
                .forEach(k -> amounts.put(k, fields.optional(k.word(), amount(k))));
        Optional<Kind> kind = kind(fields);
        Optional<Long> amount = kind.flatMap(k -> amounts.getOrDefault(k, Optional.empty()));
        Optional<Long> burst =
                fields.optional("burst", kind.map(LimitSection::amount).orElse(ANY_AMOUNT));
        Optional<Period> per = fields.optional("per", PERIOD);
        LowWater lowWater = fields.optional(LOW_WATER, MARK).orElse(LimitSpec.DEFAULT_LOW_WATER);
        Optional<Each> each = each(fields, scope);
        LimitSpec.Mode mode = fields.optional("mode", MODE).orElse(LimitSpec.Mode.ENFORCED);
        ElasticitySection changes = new ElasticitySection(source, fields);
        Optional<Elasticity> elasticity =
                changes.read(kind.map(LimitSection::amount).orElse(ANY_AMOUNT), amount, burst);
        fields.finish();
        kind.filter(Kind.CREDITS::equals).ifPresent(k -> needReference(fields.mark(k.word())));
        kind.ifPresent(k -> checkPeriod(fields, k, per));
        per.filter(Period::leaks).ifPresent(_ -> noMark(fields, "a rate"));
        changes.followedBy(mode, each);
        boolean rate = kind.isEmpty() || per.map(Period::leaks).orElse(kind.get() != Kind.CONCURRENT);
        if (!rate) {
            changes.onlyOfRates();
        }
        kind.filter(Kind.CONCURRENT::equals).ifPresent(_ -> noMark(fields, "concurrent"));
        return kind.filter(k -> per.isPresent() == (k != Kind.CONCURRENT))
                .flatMap(k -> amount.flatMap(a -> narrowing.map(narrow -> new LimitSpec(
                        k, per, a, burst.orElse(a), narrow, lowWater, each, mode, elasticity.filter(_ -> rate)))));
    }

    /** Each of those below the place that declares it. A model has nobody below it, so that its limits know no such key. */
    private Optional<Each> each(Fields fields, Scope scope) {
        Map<String, Each> below = Arrays.stream(Each.values())
                .filter(each -> each.below(scope))
                .collect(Collectors.toMap(Each::word, Function.identity()));
        return below.isEmpty() ? Optional.empty() : fields.optional("each", Scalars.word(below));
    }

    private Optional<Kind> kind(Fields fields) {
        List<Kind> kinds =
                Stream.of(Kind.values()).filter(kind -> fields.has(kind.word())).toList();
        fields.needOne(Stream.of(Kind.values()).map(Kind::word).toList());
        if (kinds.size() > 1) {
            String second = kinds.get(1).word();
            source.error(
                    fields.mark(second),
                    second + ": beside " + kinds.getFirst().word() + " (expected: exactly one of " + KINDS + ")");
        } else if (kinds.isEmpty()) {
            fields.missing("kind", "expected: exactly one of " + KINDS);
        }
        return kinds.size() == 1 ? Optional.of(kinds.getFirst()) : Optional.empty();
    }

    private void needReference(Mark mark) {
        String section = Kind.CREDITS.word();
        if (!root.has(section)) {
            source.error(
                    mark, section + ": nothing to weigh by (expected: credits: { reference: MODEL } beside models)");
        }
    }

    private void checkPeriod(Fields fields, Kind kind, Optional<Period> per) {
        boolean counted = kind != Kind.CONCURRENT;
        if (counted && !fields.has("per")) {
            fields.missing("per", PERIOD.complaint(""));
        }
        if (!counted && fields.has("per")) {
            source.error(fields.mark("per"), "per: beside concurrent (expected: none)");
        }
        boolean leaks = counted && per.map(Period::leaks).orElse(true);
        if (!leaks && fields.has("burst")) {
            source.error(
                    fields.mark("burst"), "burst: beside a limit without it (expected: per second, minute or hour)");
        }
    }

    /** A rate comes back by itself, and what is open ends: there is nothing to save. */
    private void noMark(Fields fields, String beside) {
        if (fields.has(LOW_WATER)) {
            source.error(
                    fields.mark(LOW_WATER),
                    LOW_WATER + ": beside " + beside + " (expected: per day, week, month, quarter or year)");
        }
    }

    private static Optional<LowWater> mark(String text) {
        return text.equals(AUTO)
                ? Optional.of(new LowWater.Auto())
                : Scalars.PERCENT_WHOLE.read(text).map(LowWater.Share::new);
    }

    private static Grammar<Long> amount(Kind kind) {
        return kind == Kind.COST ? Forms.NANO_USD : COUNT;
    }
}
