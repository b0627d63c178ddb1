package io.atlas.kernel.elasticity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Divides what can be served among limits that follow the load, step by step. Each is given its weighted max-min share
 * ({@link MaxMin}) of what it wants, where the guarantees of those who do not use them are lent to the others; what nobody
 * wants is open to all by weight. Nobody is ever below his guarantee or above his cap.
 *
 * <p>What one wants is what was lately asked for, refused or not, and a tenth more: it follows a rise at once, and forgets
 * by half in thirty seconds (the smoothing of Kubernetes API Priority and Fairness, KEP-1040). A rate falls at once, as the
 * others' guarantees are at stake, and rises by a quarter in each step; a change of less than a twentieth is none. A
 * twentieth of what can be served is not given out: a guarantee that was lent can be used at once, before it is taken back.
 */
public final class RateController {
    private static final double HALF_LIFE_SECONDS = 30;
    private static final double HEADROOM = 1.1;
    private static final double GIVEN_OUT = 0.95;
    private static final double RISE = 1.25;
    private static final double CHANGE = 0.05;

    private final Map<String, Double> wanted = new HashMap<>();
    private final Map<String, Double> given = new HashMap<>();

    /**
     * One of the limits, in units per second.
     *
     * @param declared what it has while nothing is known of what can be served
     * @param offered what was asked of it since the last step
     */
    public record Member(String id, double weight, double floor, double cap, double declared, double offered) {}

    /**
     * What each may have, in units per second.
     *
     * @param oversold whether the guarantees in use are more than can be served, so that they do not hold together
     */
    public record Allocation(Map<String, Double> rates, boolean oversold) {}

    /** The next step, so many seconds after the last one. Who is not among the members is forgotten. */
    public Allocation step(List<Member> members, OptionalDouble capacity, double seconds) {
        List<String> ids = members.stream().map(Member::id).toList();
        wanted.keySet().retainAll(ids);
        given.keySet().retainAll(ids);
        double keep = Math.pow(0.5, seconds / HALF_LIFE_SECONDS);
        for (Member member : members) {
            wanted.merge(member.id, member.offered, (before, now) -> Math.max(now, keep * before + (1 - keep) * now));
        }
        boolean oversold = capacity.isPresent() && floorsInUse(members) > capacity.getAsDouble();
        List<Double> targets = capacity.isPresent()
                ? targets(members, capacity.getAsDouble())
                : members.stream().map(Member::declared).toList();
        Map<String, Double> rates = new HashMap<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            double rate = damped(member, Math.clamp(targets.get(i), member.floor, member.cap));
            given.put(member.id, rate);
            rates.put(member.id, rate);
        }
        return new Allocation(rates, oversold);
    }

    private double floorsInUse(List<Member> members) {
        return members.stream()
                .mapToDouble(member -> Math.min(member.floor, wanted.getOrDefault(member.id, 0.0)))
                .sum();
    }

    private List<Double> targets(List<Member> members, double all) {
        double capacity = GIVEN_OUT * all;
        List<MaxMin.Claim> claims = members.stream()
                .map(member -> new MaxMin.Claim(
                        member.weight, member.floor, member.cap, HEADROOM * wanted.getOrDefault(member.id, 0.0)))
                .toList();
        List<Double> shares = MaxMin.shares(claims, capacity);
        double rest = Math.max(
                0, capacity - shares.stream().mapToDouble(share -> share).sum());
        double weights = members.stream().mapToDouble(Member::weight).sum();
        List<Double> targets = new ArrayList<>(members.size());
        for (int i = 0; i < members.size(); i++) {
            targets.add(shares.get(i) + rest * members.get(i).weight / weights);
        }
        return targets;
    }

    private double damped(Member member, double target) {
        double before = Math.clamp(given.getOrDefault(member.id, member.declared), member.floor, member.cap);
        boolean atAnEnd = target == member.floor || target == member.cap;
        if (!atAnEnd && Math.abs(target - before) < CHANGE * before) {
            return before;
        }
        return Math.min(target, RISE * before);
    }
}
