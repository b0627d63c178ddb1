package io.atlas.exchange;

import io.atlas.burn.BurnRates;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.route.Shortage;
import io.atlas.kernel.route.Spending;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * On which limits saving has begun, as this node has seen it. It is remembered for so many limits; of more of them each
 * request is decided for itself, by the mark alone.
 */
public final class Savings {
    private static final int MOST_REMEMBERED = 65_536;

    private final Set<String> saving = ConcurrentHashMap.newKeySet();
    private final BurnRates rates;

    /** Where marks follow the pace, by that pace. */
    public Savings(BurnRates rates) {
        this.rates = rates;
    }

    /** How fast limits are spent. */
    public BurnRates rates() {
        return rates;
    }

    /** Takes note of how full the limits of a path are. */
    public void see(List<Limit> path, List<Level> levels, long nowMicros) {
        for (int i = 0; i < path.size(); i++) {
            rates.see(path.get(i), levels.get(i), nowMicros);
        }
    }

    /**
     * The calendar limits of the path on which to save, as full as they are now: those that run low, and those that the
     * demand does not fit, since a saving comes before a refusal.
     */
    public List<Shortage> shortages(List<Limit> path, List<Level> levels, Demand demand, long nowMicros) {
        List<Shortage> shortages = new ArrayList<>(2);
        for (int i = 0; i < path.size(); i++) {
            Limit limit = path.get(i);
            Level level = levels.get(i);
            LimitSpec spec = limit.spec();
            if (spec.calendar() && spec.enforced()) {
                long lowWater = rates.lowWater(limit, level, nowMicros);
                if (saves(limit, level, lowWater) || level.remaining(spec) < demand.of(spec.kind())) {
                    shortages.add(new Shortage(limit, level, lowWater));
                }
            }
        }
        return shortages;
    }

    private boolean saves(Limit limit, Level level, long lowWater) {
        Spending before = saving.contains(limit.id()) ? Spending.SAVING : Spending.FREELY;
        Spending now = before.next(limit.spec(), level, lowWater);
        if (now != before) {
            turn(limit.id(), now);
        }
        return now == Spending.SAVING;
    }

    private void turn(String limit, Spending now) {
        switch (now) {
            case FREELY -> saving.remove(limit);
            case SAVING -> {
                if (saving.size() < MOST_REMEMBERED) {
                    saving.add(limit);
                }
            }
        }
    }
}
