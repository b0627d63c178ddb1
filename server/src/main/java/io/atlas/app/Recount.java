package io.atlas.app;

import io.atlas.config.Audience;
import io.atlas.config.Configuration;
import io.atlas.config.Model;
import io.atlas.config.Snapshot;
import io.atlas.enduser.People;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.Posting;
import io.atlas.ledger.Seen;
import io.atlas.store.QuotaStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Brings the counters, and who is known of the end users, to where the ledger has them. */
final class Recount {
    private static final long LONGEST_MEMORY_MICROS = TimeUnit.DAYS.toMicros(Audience.MOST_DAYS);

    private final Ledger ledger;
    private final QuotaStore store;
    private final People people;

    Recount(Ledger ledger, QuotaStore store, People people) {
        this.ledger = ledger;
        this.store = store;
        this.people = people;
    }

    void run(Snapshot snapshot, long nowMicros) {
        for (Posting posting :
                ledger.postings(limits(snapshot, nowMicros), rules(snapshot.configuration()), nowMicros)) {
            store.seed(posting.limit(), posting.amount(), posting.atMicros());
        }
    }

    /** Every limit that something may stand against. Who has some of his own is known from now on. */
    private List<Limit> limits(Snapshot snapshot, long nowMicros) {
        Map<String, Limit> limits = new LinkedHashMap<>();
        for (Seen seen : ledger.endUsers(nowMicros - LONGEST_MEMORY_MICROS)) {
            audience(snapshot, seen.caller())
                    .filter(audience -> seen.untilMicros() >= nowMicros - audience.memoryMicros())
                    .ifPresent(audience -> restore(audience, seen, limits));
        }
        snapshot.limits().forEach(limit -> limits.put(limit.id(), limit));
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

    private static CountingRules rules(Configuration configuration) {
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
