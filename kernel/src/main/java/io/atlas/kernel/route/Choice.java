package io.atlas.kernel.route;

import io.atlas.kernel.route.Option.Promise;
import io.atlas.kernel.route.Option.Room;
import io.atlas.kernel.route.Option.Wish;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which of a model's deployments serves a request: of those that can, the cheapest that is likely to keep what the tier
 * promises. Each consideration narrows the circle only where somebody is left in it, so that there is a choice as long as
 * one deployment can serve at all.
 *
 * <p>Among those within five percent of the lowest cost the one that has seen the conversation before is taken, since it
 * may have the prompt in its cache: the highest by weighted rendezvous hashing (Thaler and Ravishankar 1998; weights by
 * the logarithmic method), as long as it has not much more to do than the others. Else it is the less busy of two at
 * random ("power of two choices", Mitzenmacher 2001).
 *
 * @param chosen the index of the one that serves; empty where none can
 * @param standings what became of each, in the order of the options
 */
public record Choice(OptionalInt chosen, List<Standing> standings) {
    private static final double ABOUT_THE_SAME = 1.05;
    /** So much more than the least busy one may have to do, and so many requests. */
    private static final double MUCH_BUSIER = 1.25;

    private static final int FEW_REQUESTS = 4;

    public Choice {
        standings = List.copyOf(standings);
    }

    /** A choice in the making. */
    private static final class Circle {
        private final List<Option> options;
        private final Standing[] standings;
        private final List<Integer> left = new ArrayList<>();

        Circle(List<Option> options) {
            this.options = options;
            this.standings = new Standing[options.size()];
            Arrays.fill(standings, Standing.CHOSEN);
            for (int i = 0; i < options.size(); i++) {
                if (options.get(i).barred().isPresent()) {
                    standings[i] = options.get(i).barred().orElseThrow();
                } else {
                    left.add(i);
                }
            }
        }

        /** Keeps those of which that holds, if there are any; what is said of the others. */
        void narrow(Predicate<Option> holds, Standing otherwise) {
            if (left.stream().noneMatch(index -> holds.test(options.get(index)))) {
                return;
            }
            left.removeIf(index -> {
                boolean out = !holds.test(options.get(index));
                if (out) {
                    standings[index] = otherwise;
                }
                return out;
            });
        }

        Choice choose(int index) {
            left.forEach(other -> standings[other] = other == index ? Standing.CHOSEN : Standing.BUSIER);
            return new Choice(OptionalInt.of(index), List.of(standings));
        }
    }

    /**
     * Chooses.
     *
     * @param conversation what the request shares with those before it in the same conversation, hashed, if anything;
     *     asked only where it decides
     * @param random any number; equal chances in all its bits
     */
    public static Choice among(List<Option> options, Supplier<OptionalLong> conversation, long random) {
        Circle circle = new Circle(options);
        if (circle.left.isEmpty()) {
            return new Choice(OptionalInt.empty(), List.of(circle.standings));
        }
        circle.narrow(option -> option.room() == Room.FREE, Standing.FULL);
        circle.narrow(option -> option.wish() == Wish.PREFERRED, Standing.NOT_PREFERRED);
        keepPromise(circle);
        long least = circle.left.stream()
                .mapToLong(index -> options.get(index).costNanoUsd())
                .min()
                .orElseThrow();
        circle.narrow(option -> option.costNanoUsd() <= least * ABOUT_THE_SAME, Standing.DEARER);
        if (circle.left.size() == 1) {
            return circle.choose(circle.left.getFirst());
        }
        OptionalLong known = conversation.get();
        OptionalInt home = known.isPresent() ? home(circle, known.getAsLong()) : OptionalInt.empty();
        return circle.choose(home.isPresent() ? home.getAsInt() : lessBusy(circle, random));
    }

    /** Where nobody is likely to keep what is promised, it is left to the fastest. */
    private static void keepPromise(Circle circle) {
        circle.narrow(option -> option.outlook().promise() == Promise.KEPT, Standing.MISSES_SLA);
        boolean allMiss = circle.left.stream()
                .allMatch(index -> circle.options.get(index).outlook().promise() == Promise.MISSED);
        if (allMiss) {
            long fastest = circle.left.stream()
                    .mapToLong(index -> circle.options.get(index).outlook().firstTokenMicros())
                    .min()
                    .orElseThrow();
            circle.narrow(
                    option -> option.outlook().firstTokenMicros() <= fastest * ABOUT_THE_SAME, Standing.MISSES_SLA);
        }
    }

    /** Where the conversation is at home, unless there is much more to do there than elsewhere. */
    private static OptionalInt home(Circle circle, long conversation) {
        int home = circle.left.getFirst();
        double highest = Double.NEGATIVE_INFINITY;
        double least = Double.POSITIVE_INFINITY;
        for (int index : circle.left) {
            Option option = circle.options.get(index);
            double score = score(option, conversation);
            if (score > highest) {
                highest = score;
                home = index;
            }
            least = Math.min(least, option.load());
        }
        Option there = circle.options.get(home);
        boolean much = there.load() > least * MUCH_BUSIER + FEW_REQUESTS / (double) there.weight();
        return much ? OptionalInt.empty() : OptionalInt.of(home);
    }

    private static double score(Option option, long conversation) {
        long mixed = mix(conversation ^ mix(option.deployment().hashCode()));
        double chance = ((mixed >>> 11) + 0.5) * 0x1.0p-53;
        return -option.weight() / Math.log(chance);
    }

    private static int lessBusy(Circle circle, long random) {
        int first = weighted(circle, mix(random));
        int second = weighted(circle, mix(random + 1));
        return circle.options.get(second).load() < circle.options.get(first).load() ? second : first;
    }

    /** One of those that are left, each as likely as its weight says. */
    private static int weighted(Circle circle, long random) {
        long total = circle.left.stream()
                .mapToLong(index -> circle.options.get(index).weight())
                .sum();
        long rest = Long.remainderUnsigned(random, total);
        for (int index : circle.left) {
            rest -= circle.options.get(index).weight();
            if (rest < 0) {
                return index;
            }
        }
        throw new IllegalStateException("weights: none (expected: at least 1 each)");
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014): every bit of it hangs on every bit of the number. */
    private static long mix(long number) {
        long a = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
