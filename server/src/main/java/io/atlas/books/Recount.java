package io.atlas.books;

import io.atlas.config.Audience;
import io.atlas.config.Configuration;
import io.atlas.config.Snapshot;
import io.atlas.enduser.People;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.Seen;
import io.atlas.model.Model;
import io.atlas.store.QuotaStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Brings who is known of the end users, and the counters of their limits, to where the ledger has them. Those limits are
 * many, and are in force with whoever asks; so nothing of them is begun anew here but what has no counter yet.
 */
public final class Recount {
    private static final long LONGEST_MEMORY_MICROS = TimeUnit.DAYS.toMicros(Audience.MOST_DAYS);

    /** Limits that the store is asked for at once: it has one lock, for which requests wait too. */
    private static final int AT_ONCE = 1_000;

    private final Ledger ledger;
    private final QuotaStore store;
    private final People people;
    private Optional<Configuration> counted = Optional.empty();

    /** Of these people, by that ledger. */
    public Recount(Ledger ledger, QuotaStore store, People people) {
        this.ledger = ledger;
        this.store = store;
        this.people = people;
    }

    /** Counts for the end users of a snapshot; nothing is done where only issued keys are new, which have none. */
    public synchronized void run(Snapshot snapshot, long nowMicros) {
        Configuration configuration = snapshot.configuration();
        if (counted.equals(Optional.of(configuration))) {
            return;
        }
        people.prepare(snapshot);
        List<Limit> limits = uncounted(limits(snapshot, nowMicros));
        if (!limits.isEmpty()) {
            ledger.postings(limits, rules(configuration), nowMicros)
                    .all()
                    .forEach(posting -> store.seed(posting.limit(), posting.amount(), posting.atMicros()));
        }
        counted = Optional.of(configuration);
    }

    /** Counts again: the counters were lost. */
    public synchronized void again(Snapshot snapshot, long nowMicros) {
        counted = Optional.empty();
        run(snapshot, nowMicros);
    }

    private List<Limit> uncounted(List<Limit> limits) {
        List<Limit> uncounted = new ArrayList<>();
        for (int i = 0; i < limits.size(); i += AT_ONCE) {
            uncounted.addAll(store.uncounted(limits.subList(i, Math.min(i + AT_ONCE, limits.size()))));
        }
        return uncounted;
    }

    /** Every limit of an end user that something may stand against. Who has some is known from now on. */
    private List<Limit> limits(Snapshot snapshot, long nowMicros) {
        if (snapshot.audiences().findAny().isEmpty()) {
            return List.of();
        }
        Map<String, Limit> limits = new LinkedHashMap<>();
        for (Seen seen : ledger.endUsers(nowMicros - LONGEST_MEMORY_MICROS)) {
            audience(snapshot, seen.caller())
                    .filter(audience -> seen.untilMicros() >= nowMicros - audience.memoryMicros())
                    .ifPresent(audience -> restore(audience, seen, limits));
        }
        return List.copyOf(limits.values());
    }

    /** Tiers may differ in a limit; it stands as the tier has it on which its owner was seen last. */
    private void restore(Audience audience, Seen seen, Map<String, Limit> limits) {
        String person = seen.caller().endUser().orElseThrow();
        people.restore(audience, person, seen.untilMicros());
        audience.limits(person, seen.caller().tier()).forEach(limit -> limits.put(limit.id(), limit));
    }

    private static Optional<Audience> audience(Snapshot snapshot, Caller caller) {
        return snapshot.audience(new Place.OfKey(caller.tenant(), caller.team(), caller.key()));
    }

    /** What of the configuration the ledger has to know to count. */
    public static CountingRules rules(Configuration configuration) {
        Map<String, String> classes =
                configuration.models().values().stream().collect(Collectors.toMap(Model::name, Model::modelClass));
        Map<String, Set<String>> sorts = configuration.tiers().values().stream()
                .collect(Collectors.toMap(
                        plan -> plan.tier().name(),
                        plan -> plan.limits().stream()
                                .map(limit -> limit.sort())
                                .collect(Collectors.toSet())));
        return new CountingRules(classes, sorts);
    }
}
