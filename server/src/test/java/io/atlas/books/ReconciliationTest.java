package io.atlas.books;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import io.atlas.ledger.Posting;
import io.atlas.ledger.Postings;
import io.atlas.store.ChargedByNode;
import io.atlas.time.TimeSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
    private static final Limit TOKENS = limit(Kind.TOKENS, Period.MONTH);
    private static final Limit REQUESTS = limit(Kind.REQUESTS, Period.DAY);
    private static final Limit COST = limit(Kind.COST, Period.WEEK);

    private final Counters counters = new Counters();
    private final Map<Limit, Long> ledger = new HashMap<>();
    private final Map<Limit, Long> corrected = new HashMap<>();
    private final Reconciliation reconciliation = new Reconciliation(
            counters,
            (limits, _, nowMicros) -> new Postings(
                    ledger.entrySet().stream()
                            .filter(entry -> limits.contains(entry.getKey()))
                            .map(entry -> new Posting(entry.getKey(), entry.getValue(), nowMicros))
                            .toList(),
                    1),
            () -> World.of("tokens: 1G, per: month", "UTC", "basic"),
            (limit, byUnits) -> corrected.put(limit, byUnits),
            TimeSource.system());

    @Test
    void countersThatAreAsTheLedgerAreNotTouched() {
        counters.amounts.putAll(Map.of(TOKENS, 30L, REQUESTS, 1L, COST, 0L));
        ledger.putAll(Map.of(TOKENS, 30L, REQUESTS, 1L));
        reconciliation.look();

        assertThat(reconciliation.compare()).isZero();
        assertThat(counters.asked).isEmpty();
    }

    @Test
    void whatDiffersIsSetToWhatTheLedgerHas() {
        counters.amounts.putAll(Map.of(TOKENS, 30L, REQUESTS, 1L, COST, 7L));
        ledger.putAll(Map.of(TOKENS, 80L, REQUESTS, 1L));
        reconciliation.look();

        assertThat(reconciliation.compare()).isEqualTo(2);
        assertThat(counters.amounts).isEqualTo(Map.of(TOKENS, 80L, REQUESTS, 1L, COST, 0L));
        assertThat(corrected).isEqualTo(Map.of(TOKENS, 50L, COST, -7L));
    }

    @Test
    void whatWasChargedSinceTheLookIsLeftAlone() {
        counters.amounts.putAll(Map.of(TOKENS, 30L));
        ledger.put(TOKENS, 30L);
        reconciliation.look();
        // Settled, and written.
        counters.amounts.put(TOKENS, 40L);
        ledger.put(TOKENS, 40L);

        assertThat(reconciliation.compare()).isZero();
        assertThat(counters.amounts).isEqualTo(Map.of(TOKENS, 40L));
        assertThat(corrected).isEmpty();
    }

    @Test
    void whatIsNotKnownIsNotCompared() {
        ledger.put(TOKENS, 30L);
        reconciliation.look();

        assertThat(reconciliation.compare()).isZero();
    }

    private static Limit limit(Kind kind, Period per) {
        return Limit.of(new Place.OfTenant("acme"), LimitSpec.of(kind, per, 1_000), ZoneOffset.UTC);
    }

    /** As a shared store has them: set only where they are as they were said to be. */
    private static final class Counters implements ChargedByNode {
        private final Map<Limit, Long> amounts = new HashMap<>();
        private final List<Posting> asked = new ArrayList<>();

        @Override
        public Map<Limit, Long> said() {
            return Map.copyOf(amounts);
        }

        @Override
        public List<Posting> mend(List<Posting> wanted, Map<Limit, Long> said, long nowMicros) {
            asked.addAll(wanted);
            List<Posting> set = wanted.stream()
                    .filter(posting -> Objects.equals(amounts.get(posting.limit()), said.get(posting.limit())))
                    .toList();
            set.forEach(posting -> amounts.put(posting.limit(), posting.amount()));
            return set;
        }
    }
}
