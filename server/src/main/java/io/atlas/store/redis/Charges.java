package io.atlas.store.redis;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.ledger.Posting;
import io.atlas.store.ChargedByNode;
import io.atlas.store.StoreAway;
import io.atlas.store.share.Breaker;
import io.atlas.store.share.LatelyCharged;
import io.atlas.store.share.LimitsInForce;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What one node has charged to limits, as the server has it beside each window. Of limits that are wider than a tenant it
 * holds a part in advance, and says what it used of it a moment later.
 */
public final class Charges implements ChargedByNode {
    private final Steps steps;
    private final Breaker breaker;
    private final Unsaid unsaid;
    private final Supplier<LimitsInForce> inForce;
    private final LatelyCharged lately;

    /** In the name of the node whose steps these are. */
    Charges(Steps steps, Breaker breaker, Unsaid unsaid, Supplier<LimitsInForce> inForce, LatelyCharged lately) {
        this.steps = steps;
        this.breaker = breaker;
        this.unsaid = unsaid;
        this.inForce = inForce;
        this.lately = lately;
    }

    /**
     * Tells the server what a node has charged that is not there to do so, of each tenant of which the server does not
     * know it. Of buckets nothing is told: they forget by themselves. A server that has come back hears it before this node
     * asks it again. Blocks.
     *
     * @param charged what that node has charged to limits of the calendar
     * @return of how many limits it was told
     */
    public int speak(Function<List<Limit>, List<Posting>> charged, long nowMicros) {
        List<Limit> unknown = inForce.get().byId().values().stream()
                .filter(limit -> limit.spec().calendar())
                .toList();
        Map<String, Boolean> known = new HashMap<>();
        unknown.forEach(limit -> known.computeIfAbsent(Names.tag(limit.place()), this::marked));
        unknown = unknown.stream()
                .filter(limit -> !known.getOrDefault(Names.tag(limit.place()), true))
                .toList();
        if (unknown.isEmpty()) {
            return 0;
        }
        Map<String, Posting> postings = new HashMap<>();
        charged.apply(unknown).forEach(posting -> postings.put(posting.limit().id(), posting));
        int told = 0;
        for (List<Limit> limits : Telling.chunks(unknown)) {
            String tag = Names.tag(limits.getFirst().place());
            List<Posting> held = limits.stream()
                    .filter(limit -> postings.containsKey(limit.id()))
                    .map(limit -> postings.get(limit.id()))
                    .toList();
            // Who has come back meanwhile knows better.
            if (!held.isEmpty() && !marked(tag)) {
                Link.await(steps.contribute(held, nowMicros));
                told += held.size();
            }
        }
        unknown.stream().map(limit -> Names.tag(limit.place())).distinct().forEach(tag -> Link.await(steps.mark(tag)));
        return told;
    }

    private boolean marked(String tag) {
        return Link.await(steps.marked(Set.of(tag)));
    }

    @Override
    public Map<Limit, Long> said() {
        Map<Limit, Long> said = new HashMap<>();
        // What the ledger has and the server has yet to hear is no difference to be set right.
        if (breaker.open() || unsaid.waits()) {
            return said;
        }
        List<Limit> limits = new ArrayList<>(lately.take());
        inForce.get().byId().values().stream().filter(Charges::inLedger).forEach(limits::add);
        for (List<Limit> some : Telling.chunks(limits)) {
            List<Long> amounts = Link.await(steps.charged(some));
            for (int i = 0; i < some.size(); i++) {
                said.put(some.get(i), amounts.get(i));
            }
        }
        return said;
    }

    /** What is drawn from an upstream quota no line charges. */
    private static boolean inLedger(Limit limit) {
        return limit.spec().calendar() && !(limit.place() instanceof Place.OfPool);
    }

    @Override
    public List<Posting> mend(List<Posting> amounts, Map<Limit, Long> said, long nowMicros) {
        List<Posting> mended = new ArrayList<>();
        Map<Limit, Posting> wanted = new HashMap<>();
        amounts.forEach(posting -> wanted.put(posting.limit(), posting));
        for (List<Limit> some : Telling.chunks(List.copyOf(wanted.keySet()))) {
            if (breaker.open()) {
                throw new StoreAway("quota store: away");
            }
            List<Posting> those = some.stream()
                    .map(limit -> Objects.requireNonNull(wanted.get(limit)))
                    .toList();
            List<Long> set = Link.await(steps.mend(those, said, nowMicros));
            for (int i = 0; i < those.size(); i++) {
                if (set.get(i) == 1) {
                    mended.add(those.get(i));
                }
            }
        }
        return mended;
    }
}
