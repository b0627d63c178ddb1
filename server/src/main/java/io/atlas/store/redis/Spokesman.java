package io.atlas.store.redis;

import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.Posting;
import io.atlas.store.share.LimitsInForce;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Tells the server what another node has charged, in that node's name, where the server has not heard it from the node.
 *
 * @param theirs steps in the name of the other node
 */
record Spokesman(Steps theirs, LimitsInForce inForce) {
    int speak(Function<List<Limit>, List<Posting>> charged, long nowMicros) {
        List<Limit> unknown = inForce.byId().values().stream()
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
                Link.await(theirs.contribute(held, nowMicros));
                told += held.size();
            }
        }
        unknown.stream().map(limit -> Names.tag(limit.place())).distinct().forEach(tag -> Link.await(theirs.mark(tag)));
        return told;
    }

    private boolean marked(String tag) {
        return Link.await(theirs.marked(Set.of(tag)));
    }
}
