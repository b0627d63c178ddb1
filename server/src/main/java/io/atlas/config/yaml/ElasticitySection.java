package io.atlas.config.yaml;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.elasticity.Hours;
import io.atlas.kernel.elasticity.Schedule;
import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Grammar.Shape;
import io.atlas.yaml.Source;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys {@code schedule} and {@code adaptive} of a rate. */
final class ElasticitySection {
    private static final String SCHEDULE = "schedule";
    private static final String ADAPTIVE = "adaptive";
    private static final int MOST_HOURS = 50;
    private static final Pattern FACTOR_FORM = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3})?");
    private static final int MOST_PER_MILLE = 100_000;

    private static final String DAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))?";
    private static final String TIME = "[0-2][0-9]:[0-5][0-9]";
    private static final Pattern HOURS_FORM = Pattern.compile(DAYS + "(?:," + DAYS + ")* " + TIME + "-" + TIME);

    private static final Grammar<Hours> HOURS =
            Grammar.of(Hours.FORM, Hours::of).shaped(new Shape.Form(HOURS_FORM));
    private static final Grammar<Integer> FACTOR =
            Grammar.of("0.001 to 100", ElasticitySection::perMille).shaped(new Shape.Decimal(FACTOR_FORM));

    private final Source source;
    private final Fields limit;

    /** A reader of these keys of a limit. */
    ElasticitySection(Source source, Fields limit) {
        this.source = source;
        this.limit = limit;
    }

    /** How a limit of that amount changes, where it does; empty also where that is wrong. */
    Optional<Elasticity> read(Grammar<Long> amounts, Optional<Long> amount, Optional<Long> burst) {
        Optional<Schedule> schedule = schedule();
        Optional<Elasticity.Range> range = range(amounts, amount);
        return schedule.isEmpty() && range.isEmpty()
                ? Optional.empty()
                : amount.map(units -> new Elasticity(units, burst.orElse(units), schedule, range));
    }

    /** A window is what its tenant was promised, whatever the hour or the load; and requests at once are no rate. */
    void onlyOfRates() {
        misplaced(SCHEDULE, "a limit without it (expected: per second, minute or hour)");
        misplaced(ADAPTIVE, "a limit without it (expected: per second, minute or hour)");
    }

    /** The load says nothing of what is not enforced, and what one of many people may have is not weighed by it. */
    void followedBy(LimitSpec.Mode mode, Optional<Each> each) {
        if (mode == LimitSpec.Mode.SHADOW) {
            misplaced(ADAPTIVE, "mode: shadow (expected: one of the two)");
        }
        if (each.equals(Optional.of(Each.END_USER))) {
            misplaced(ADAPTIVE, "each: endUser (expected: one of the two)");
        }
    }

    private void misplaced(String key, String beside) {
        if (limit.has(key)) {
            source.error(limit.mark(key), key + ": beside " + beside);
        }
    }

    private Optional<Schedule> schedule() {
        List<Schedule.Part> parts = new ArrayList<>();
        for (Fields.Pair<Hours, Integer> pair : limit.pairs(SCHEDULE, HOURS, FACTOR)) {
            parts.stream()
                    .map(Schedule.Part::hours)
                    .filter(before -> before.overlap(pair.name()))
                    .findFirst()
                    .ifPresent(before -> source.error(
                            pair.mark(),
                            SCHEDULE + ": " + pair.name().text() + ": overlaps " + before.text()
                                    + " (expected: each hour of the week once)"));
            parts.add(new Schedule.Part(pair.name(), pair.value()));
        }
        if (parts.size() > MOST_HOURS) {
            source.error(
                    limit.mark(SCHEDULE),
                    SCHEDULE + ": " + parts.size() + " parts (expected: at most " + MOST_HOURS + ")");
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Schedule(parts));
    }

    private Optional<Elasticity.Range> range(Grammar<Long> amounts, Optional<Long> amount) {
        if (!limit.has(ADAPTIVE)) {
            return Optional.empty();
        }
        Fields range = limit.fields(ADAPTIVE);
        Optional<Long> floor = range.required("floor", amounts);
        Optional<Long> cap = range.required("cap", amounts);
        range.finish();
        if (floor.isEmpty() || cap.isEmpty() || amount.isEmpty()) {
            return Optional.empty();
        }
        if (floor.get() > amount.get() || amount.get() > cap.get()) {
            source.error(limit.mark(ADAPTIVE), ADAPTIVE + ": not around the amount (expected: floor <= amount <= cap)");
            return Optional.empty();
        }
        return Optional.of(new Elasticity.Range(floor.get(), cap.get()));
    }

    private static Optional<Integer> perMille(String text) {
        if (!FACTOR_FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        int perMille = new BigDecimal(text).movePointRight(3).intValueExact();
        return Optional.of(perMille).filter(factor -> factor > 0 && factor <= MOST_PER_MILLE);
    }
}
