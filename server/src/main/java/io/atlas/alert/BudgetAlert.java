package io.atlas.alert;

import io.atlas.kernel.quota.Limit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who is told of which budgets.
 *
 * @param at the marks
 * @param to the names of the webhooks
 * @param tenants whose budgets, with those of their teams; where absent, all there are, those of the gateway and of models too
 */
public record BudgetAlert(List<Mark> at, List<String> to, Optional<Set<String>> tenants) {
    public BudgetAlert {
        at = List.copyOf(at);
        to = List.copyOf(to);
        tenants = tenants.map(Set::copyOf);
    }

    /** Whether it is about that limit. */
    boolean covers(Limit limit) {
        return tenants.isEmpty()
                || limit.place().payer().filter(tenants.get()::contains).isPresent();
    }
}
