package io.atlas.upstream;

import io.atlas.kernel.route.RetryBudget;
import io.atlas.model.Backend;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The retry budget of each backend, shared by all event loops. */
public final class RetryBudgets {
    private final Map<String, RetryBudget> budgets = new ConcurrentHashMap<>();

    /** The budget of that backend. */
    public RetryBudget of(Backend backend, long nowMicros) {
        RetryBudget known = budgets.get(backend.name());
        return known == null ? budgets.computeIfAbsent(backend.name(), _ -> new RetryBudget(nowMicros)) : known;
    }

    /** Forgets the backends that are not among these. */
    public void follow(Collection<Backend> backends) {
        Set<String> names = backends.stream().map(Backend::name).collect(Collectors.toSet());
        budgets.keySet().retainAll(names);
    }
}
