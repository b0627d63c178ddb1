package io.atlas.alert;

import io.atlas.kernel.quota.Limit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the operator wants to be told, and where.
 *
 * @param webhooks by name
 */
public record Alerts(Map<String, Webhook> webhooks, List<BudgetAlert> budgets) {
    /** Nothing. */
    public static final Alerts NONE = new Alerts(Map.of(), List.of());

    public Alerts {
        webhooks = Map.copyOf(webhooks);
        budgets = List.copyOf(budgets);
    }

    /** The webhook of that name. */
    public Optional<Webhook> webhook(String name) {
        return Optional.ofNullable(webhooks.get(name));
    }

    /** The marks of that limit, and which webhooks are told of each. */
    public SortedMap<Mark, SortedSet<String>> about(Limit limit) {
        SortedMap<Mark, SortedSet<String>> marks = new TreeMap<>(Mark.ORDER);
        for (BudgetAlert budget : budgets) {
            if (budget.covers(limit)) {
                budget.at()
                        .forEach(mark -> marks.computeIfAbsent(mark, _ -> new TreeSet<>())
                                .addAll(budget.to()));
            }
        }
        return marks;
    }
}
