package io.atlas.alert.watch;

import io.atlas.alert.Alert;
import io.atlas.alert.AlertLog;
import io.atlas.alert.Alerts;
import io.atlas.alert.Budget;
import io.atlas.alert.Firing;
import io.atlas.alert.Mark;
import io.atlas.burn.BurnRates;
import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Window;
import io.atlas.store.QuotaStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the budgets that alerts are about, and notes each mark that one has reached: once in a window, over restarts
 * too. A mark fires again in the same window only where the amount was changed so that the budget was below it once more,
 * and never twice for one amount. One thread asks it.
 */
public final class BudgetWatch {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetWatch.class);

    /** Budgets that are looked at; of more, the first of the configuration. */
    static final int MOST_BUDGETS = 10_000;

    /** Marks that are told in one look; the others at the next one, a moment later. */
    static final int MOST_AT_ONCE = 100;

    /** While so many deliveries wait, no mark fires: it does when there is room. */
    public static final int MOST_PENDING = 10_000;

    private static final long PATIENCE_SECONDS = 5;

    private final Sources sources;
    private final AlertLog log;
    private final Map<List<String>, Firing> fired = new HashMap<>();
    private boolean loaded;
    private boolean tooMany;

    /**
     * What it looks at.
     *
     * @param turn whether it is this node that looks, of those that share counters
     * @param counters what tells these counters from those of others
     */
    public record Sources(
            Supplier<Snapshot> snapshot, QuotaStore store, BurnRates rates, BooleanSupplier turn, String counters) {}

    /** Looks at these, and notes in that log. */
    public BudgetWatch(Sources sources, AlertLog log) {
        this.sources = sources;
        this.log = log;
    }

    /** Looks once. Throws where the counters or the log cannot be reached; what was not noted is found by the next look. */
    public void look(long nowMicros) {
        Snapshot snapshot = sources.snapshot.get();
        Alerts alerts = snapshot.configuration().alerts();
        if (alerts.budgets().isEmpty() || !sources.turn.getAsBoolean()) {
            return;
        }
        load();
        fired.values().removeIf(firing -> firing.windowEndMicros() <= nowMicros);
        long room = Math.min(MOST_AT_ONCE, MOST_PENDING - log.pending());
        for (Budget budget : budgets(snapshot, alerts, nowMicros)) {
            for (Map.Entry<Mark, ? extends Collection<String>> mark :
                    alerts.about(budget.limit()).entrySet()) {
                if (room > 0 && consider(budget, mark.getKey(), mark.getValue(), nowMicros)) {
                    room--;
                }
            }
        }
    }

    private void load() {
        if (!loaded) {
            log.firings().forEach(firing -> fired.put(key(firing), firing));
            loaded = true;
        }
    }

    private List<Budget> budgets(Snapshot snapshot, Alerts alerts, long nowMicros) {
        List<Limit> all = snapshot.limits().stream()
                .filter(Budget::is)
                .filter(limit -> !alerts.about(limit).isEmpty())
                .toList();
        List<Limit> limits = all.subList(0, Math.min(all.size(), MOST_BUDGETS));
        warn(all.size());
        List<Level> levels = sources.store
                .levels(limits, nowMicros)
                .toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        return IntStream.range(0, limits.size())
                .mapToObj(i -> budget(limits.get(i), levels.get(i), nowMicros))
                .flatMap(Optional::stream)
                .toList();
    }

    private void warn(int budgets) {
        if (budgets > MOST_BUDGETS && !tooMany) {
            LOG.atWarn()
                    .addKeyValue("budgets", budgets)
                    .addKeyValue("watched", MOST_BUDGETS)
                    .log("there are more budgets than alerts look at");
        }
        tooMany = budgets > MOST_BUDGETS;
    }

    /** None at the moment in which its window turns. */
    private Optional<Budget> budget(Limit limit, Level level, long nowMicros) {
        Window window = Window.of(limit.spec().per().orElseThrow(), limit.zone(), nowMicros);
        return level.resetsAtMicros() == window.endMicros()
                ? Optional.of(new Budget(limit, level, window, sources.rates.forecast(limit, level, nowMicros)))
                : Optional.empty();
    }

    /** Notes the mark where it is reached for the first time; says whether it did. */
    private boolean consider(Budget budget, Mark mark, Collection<String> webhooks, long nowMicros) {
        long amount = budget.limit().spec().capacity();
        Firing firing =
                new Firing(budget.limit().id(), mark.word(), budget.window().endMicros(), amount);
        Optional<Firing> before = Optional.ofNullable(fired.get(key(firing)))
                .filter(known -> known.windowEndMicros() == firing.windowEndMicros());
        boolean reached = budget.reached(mark);
        if (reached && before.isEmpty()) {
            fire(firing, budget, mark, webhooks, nowMicros);
            return true;
        }
        if (!reached && before.filter(known -> known.amount() != amount).isPresent()) {
            log.rearm(firing);
            fired.remove(key(firing));
        }
        return false;
    }

    private void fire(Firing firing, Budget budget, Mark mark, Collection<String> webhooks, long nowMicros) {
        Alert alert = new Alert(
                Alert.id(sources.counters, firing),
                AlertJson.type(mark),
                firing.limit(),
                firing.mark(),
                nowMicros,
                AlertJson.reached(budget, mark, nowMicros));
        log.fire(firing, alert, webhooks);
        fired.put(key(firing), firing);
        LOG.atInfo()
                .addKeyValue("limit", firing.limit())
                .addKeyValue("mark", firing.mark())
                .addKeyValue("alert", alert.id())
                .log("a budget has reached a mark");
    }

    private static List<String> key(Firing firing) {
        return List.of(firing.limit(), firing.mark());
    }
}
