package io.atlas.ledger.sqlite;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Grouping;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport.Sums;
import io.atlas.ledger.sql.Text;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The answers of a ledger, computed from all its lines one by one. */
public final class BruteForce {
    private BruteForce() {}

    public static Sums sums(List<Receipt> lines) {
        return lines.stream().map(BruteForce::sums).reduce(Sums.NONE, Sums::plus);
    }

    public static Map<List<Optional<String>>, Sums> usage(List<Receipt> lines, UsageQuery query) {
        Map<List<Optional<String>>, Sums> groups = new HashMap<>();
        for (Receipt line : lines) {
            if (line.atMicros() >= query.fromMicros() && line.atMicros() < query.toMicros()) {
                groups.merge(query.by().stream().map(by -> value(by, line)).toList(), sums(line), Sums::plus);
            }
        }
        return groups;
    }

    /** What stands against a calendar limit. */
    public static long calendar(Limit limit, List<Receipt> lines, long nowMicros) {
        Window window = Window.of(limit.spec().per().orElseThrow(), limit.zone(), nowMicros);
        return lines.stream()
                .filter(line -> window.contains(line.atMicros()) && counts(limit, line))
                .mapToLong(line -> demand(line).of(limit.spec().kind()))
                .sum();
    }

    /** What stands in a bucket that was charged with every line there ever was. */
    public static long bucket(Limit limit, List<Receipt> lines, long nowMicros) {
        Meter counter = Meter.of(limit);
        lines.stream()
                .filter(line -> counts(limit, line))
                .sorted(Comparator.comparingLong(Receipt::atMicros))
                .forEach(line -> counter.seed(demand(line).of(limit.spec().kind()), line.atMicros()));
        return counter.level(nowMicros).used();
    }

    public static long amount(Limit limit, List<Receipt> lines, long nowMicros) {
        if (limit.spec().kind() == Kind.CONCURRENT) {
            return 0;
        }
        return limit.spec().leaks() ? bucket(limit, lines, nowMicros) : calendar(limit, lines, nowMicros);
    }

    private static boolean counts(Limit limit, Receipt line) {
        Caller caller = line.caller();
        String model = line.served().map(Served::model).orElse("");
        boolean inPlace = switch (limit.place()) {
            case Place.OfGateway _ -> true;
            case Place.OfModel of -> of.model().equals(model);
            case Place.OfPool _ -> false;
            case Place.OfTenant of -> of.tenant().equals(caller.tenant());
            case Place.OfStandIn of ->
                of.tenant().equals(caller.tenant()) && !line.instead().isEmpty();
            case Place.OfTeam of ->
                of.tenant().equals(caller.tenant()) && Optional.of(of.team()).equals(caller.team());
            case Place.OfUser of ->
                of.tenant().equals(caller.tenant())
                        && of.team().equals(caller.team())
                        && of.user().equals(caller.user().orElse("-"));
            case Place.OfKey of ->
                of.tenant().equals(caller.tenant())
                        && of.team().equals(caller.team())
                        && of.key().equals(caller.key());
            case Place.OfEndUser of ->
                of.key().equals(new Place.OfKey(caller.tenant(), caller.team(), caller.key()))
                        && Optional.of(of.id()).equals(caller.endUser())
                        && (limit.spec().each().isPresent()
                                || Lines.SORTS_OF_TIER
                                        .getOrDefault(caller.tier(), Set.of())
                                        .contains(limit.spec().sort()));
        };
        boolean stoodInFor = line.instead().contains(limit.spec().sort())
                && (limit.place() instanceof Place.OfTenant
                        || limit.spec().each().isPresent());
        return line.charge().charged()
                && inPlace
                && !stoodInFor
                && limit.spec().narrowing().covers(model, Lines.CLASS_OF_MODEL.getOrDefault(model, ""));
    }

    private static Demand demand(Receipt line) {
        Usage usage = line.charge().usage();
        return new Demand(usage.inputTokens(), usage.outputTokens(), line.costNanoUsd(), line.credits());
    }

    private static Sums sums(Receipt line) {
        Usage usage = line.charge().usage();
        boolean sent = line.served().isPresent();
        boolean replayed = line.steps().stream().anyMatch(Step.Replayed.class::isInstance);
        return new Sums(
                sent && !replayed ? 1 : 0,
                line.charge().charged() ? 1 : 0,
                sent ? 0 : 1,
                replayed ? 1 : 0,
                usage.inputTokens(),
                usage.cachedInputTokens(),
                usage.outputTokens(),
                usage.reasoningTokens(),
                line.costNanoUsd(),
                line.providerCostNanoUsd(),
                line.credits());
    }

    private static Optional<String> value(Grouping by, Receipt line) {
        return switch (by) {
            case Grouping.OfTag tag ->
                Optional.ofNullable(line.asked().tags().values().get(tag.name()));
            case Dimension dimension -> value(dimension, line);
        };
    }

    private static Optional<String> value(Dimension by, Receipt line) {
        Instant at = Instant.EPOCH.plus(line.atMicros(), ChronoUnit.MICROS);
        return switch (by) {
            case TENANT -> Optional.of(line.caller().tenant());
            case TEAM -> line.caller().team();
            case USER -> line.caller().user();
            case KEY -> Optional.of(line.caller().key());
            case END_USER -> line.caller().endUser();
            case TIER -> Optional.of(line.caller().tier());
            case MODEL ->
                line.served()
                        .map(Served::model)
                        .or(() -> Optional.of(line.asked().model()));
            case BACKEND -> line.served().map(Served::backend);
            case PRICE -> Text.optional(line.price());
            case DAY -> Optional.of(at.atOffset(ZoneOffset.UTC).toLocalDate().toString());
            case HOUR -> Optional.of(at.truncatedTo(ChronoUnit.HOURS).toString());
        };
    }
}
