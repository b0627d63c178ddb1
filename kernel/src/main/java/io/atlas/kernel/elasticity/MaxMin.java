package io.atlas.kernel.elasticity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Weighted max-min fair shares with floors and caps, by progressive filling (Bertsekas and Gallager, Data Networks, 6.5.2):
 * one level rises, and everyone has his weight times the level, but no less than his floor, and no more than his cap or
 * what he wants. No share can grow but at the cost of one that is smaller by its weight. O(n log n).
 */
public final class MaxMin {
    private MaxMin() {}

    /**
     * What one asks for. All amounts are of one unit, finite and not negative.
     *
     * @param weight above 0
     * @param floor what he has before anyone has more than his own floor; no more than the cap
     * @param wanted what he could use
     */
    public record Claim(double weight, double floor, double cap, double wanted) {
        double bottom() {
            return Math.min(floor, wanted);
        }

        double top() {
            return Math.min(cap, wanted);
        }

        double at(double level) {
            return Math.min(top(), Math.max(bottom(), level * weight));
        }
    }

    /** From that level on so much more weight fills up: less, where one has all that he can have. */
    private record Turn(double level, double weight) {}

    /**
     * The share of each claim, in their order. Together they are the capacity, or all that is wanted where that is less.
     * Where the floors alone are more, each is cut by the same factor.
     */
    public static List<Double> shares(List<Claim> claims, double capacity) {
        double floors = claims.stream().mapToDouble(Claim::bottom).sum();
        if (floors >= capacity) {
            double part = floors == 0 ? 0 : capacity / floors;
            return claims.stream().map(claim -> claim.bottom() * part).toList();
        }
        double level = level(claims, floors, capacity);
        return claims.stream().map(claim -> claim.at(level)).toList();
    }

    private static double level(List<Claim> claims, double floors, double capacity) {
        List<Turn> turns = new ArrayList<>(2 * claims.size());
        for (Claim claim : claims) {
            turns.add(new Turn(claim.bottom() / claim.weight, claim.weight));
            turns.add(new Turn(claim.top() / claim.weight, -claim.weight));
        }
        turns.sort(Comparator.comparingDouble(Turn::level));
        double level = 0;
        double given = floors;
        double filling = 0;
        for (Turn turn : turns) {
            double more = filling * (turn.level - level);
            if (given + more >= capacity) {
                return level + (capacity - given) / filling;
            }
            given += more;
            level = turn.level;
            filling += turn.weight;
        }
        return level;
    }
}
