package io.atlas.kernel.quota;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The limits that reach one caller: what the places above it declare for themselves, and its own part of what they
 * declare for each.
 *
 * @param declared by all places that it is in, where they declare it
 * @param ones who the caller is to an {@link Each}; a limit for each of those that it has none of does not reach it
 * @param zone whose calendar its own parts follow
 */
public record Reach(List<Limit> declared, Map<Each, Place> ones, ZoneId zone) {
    public Reach {
        declared = List.copyOf(declared);
        ones = Map.copyOf(ones);
    }

    /** The same caller where more is declared. */
    public Reach with(List<Limit> more) {
        List<Limit> all = new ArrayList<>(declared);
        all.addAll(more);
        return new Reach(all, ones, zone);
    }

    /**
     * The limits, from the widest place to the narrowest, each id once. Where several places declare the same for each,
     * they count the same, and one limit stands for all: with the smallest amount and the smallest burst of them. One that
     * is enforced stands for those in shadow.
     */
    public List<Limit> limits() {
        Map<String, Limit> limits = new LinkedHashMap<>();
        for (Limit limit : declared) {
            if (limit.spec().each().isEmpty()) {
                limits.put(limit.id(), limit);
                continue;
            }
            Place one = ones.get(limit.spec().each().orElseThrow());
            if (one != null) {
                Limit own = limit.of(one, zone);
                limits.merge(own.id(), own, Reach::tighter);
            }
        }
        return limits.values().stream()
                .sorted(Comparator.comparing(limit -> limit.place().scope()))
                .toList();
    }

    private static Limit tighter(Limit one, Limit other) {
        if (one.spec().mode() != other.spec().mode()) {
            return one.spec().enforced() ? one : other;
        }
        LimitSpec smaller = other.spec().amount() < one.spec().amount() ? other.spec() : one.spec();
        long burst = Math.min(one.spec().burst(), other.spec().burst());
        Limit first = smaller.equals(one.spec()) ? one : other;
        return new Limit(first.id(), first.place(), first.from(), smaller.sized(smaller.amount(), burst), first.zone());
    }
}
