package io.atlas.kernel.route;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The ways to serve a request whose budgets run low, in the order in which they are to be tried.
 *
 * <p>How much is to be saved follows from what is left: where half of the mark is left, a request may take half of what
 * it would take as asked. So a budget that only just ran low costs its callers little, one that is nearly gone is spent
 * slower and slower, and no step is made that is not needed. A limit that counts what no step makes less of, such as
 * requests, or tokens where only the model changes, is spared as far as the price is: a lighter answer is what there is.
 */
public final class Ladder {
    /** The least output that is worth serving. */
    public static final long LEAST_OUTPUT_TOKENS = 16;

    private final List<Rung> rungs;
    private final List<Rung> trimmed;
    private final List<Shortage> shortages;
    private final double share;
    private final List<Offer> enough = new ArrayList<>();
    private final List<Offer> tooLittle = new ArrayList<>();

    private Ladder(List<Rung> rungs, List<Rung> trimmed, List<Shortage> shortages) {
        this.rungs = rungs;
        this.trimmed = trimmed;
        this.shortages = shortages;
        this.share = shortages.stream().mapToDouble(Shortage::share).min().orElse(1);
    }

    /**
     * First those that save enough, in the order of the ladder; then those that save something, the most saving first;
     * last the request as asked, since a promise comes before a saving.
     *
     * @param order what may be done, and in which order
     * @param rungs the asked model, and the chain of cheaper ones that may stand in for it
     * @param trimmed the same models with the shorter conversation; none where it cannot be made shorter
     * @param shortages where to save; the request is served as asked if there are none
     */
    public static List<Offer> offers(
            List<Saving> order, List<Rung> rungs, List<Rung> trimmed, List<Shortage> shortages) {
        Offer asked = new Offer(0, rungs.getFirst().outputTokens(), List.of());
        if (shortages.isEmpty()) {
            return List.of(asked);
        }
        Ladder ladder = new Ladder(rungs, trimmed, shortages);
        ladder.climb(order);
        List<Offer> offers = new ArrayList<>(ladder.enough);
        offers.addAll(ladder.tooLittle.reversed());
        offers.add(asked);
        return List.copyOf(offers);
    }

    /** The model that was asked for, and behind it those of its chain that may serve the same caller. */
    public static <M> List<M> chain(M asked, Function<M, Optional<M>> next, Predicate<M> allowed) {
        List<M> chain = new ArrayList<>(List.of(asked));
        for (Optional<M> model = next.apply(asked); model.isPresent(); model = next.apply(model.get())) {
            model.filter(allowed).ifPresent(chain::add);
        }
        return chain;
    }

    /** The part of its prompt that a request may keep, at most 1, if it is to save enough and fit by that alone. */
    public static double promptShare(Rung asked, List<Shortage> shortages) {
        return shortages.stream()
                .filter(shortage -> shortage.counts(asked))
                .mapToDouble(shortage -> promptShare(asked, shortage))
                .reduce(1, Math::min);
    }

    private static double promptShare(Rung asked, Shortage shortage) {
        Kind kind = shortage.limit().spec().kind();
        long all = asked.demand(asked.outputTokens()).of(kind);
        long ofAnswer = asked.demand(0, asked.outputTokens()).of(kind);
        double may = Math.min(all * shortage.share(), (double) shortage.remaining());
        return all == ofAnswer ? shortage.share() : Math.clamp((may - ofAnswer) / (all - ofAnswer), 0, 1);
    }

    private void climb(List<Saving> order) {
        int lowest = 0;
        List<Saving> allowed = new ArrayList<>();
        for (Saving next : order) {
            allowed.add(next);
            int last = next == Saving.DOWNGRADE ? rungs.size() - 1 : lowest;
            for (int rung = next == Saving.DOWNGRADE ? 1 : lowest; rung <= last; rung++) {
                offer(rung, allowed);
            }
            lowest = last;
        }
    }

    /** The whole conversation, and the shorter one where the whole does not save enough. */
    private void offer(int index, List<Saving> allowed) {
        boolean done = offer(index, rungs.get(index), allowed, Set.of());
        if (!done && allowed.contains(Saving.TRIM) && index < trimmed.size()) {
            offer(index, trimmed.get(index), allowed, Set.of(Saving.TRIM));
        }
    }

    /** Whether what was offered saves enough. */
    private boolean offer(int index, Rung rung, List<Saving> allowed, Set<Saving> made) {
        long output = allowed.contains(Saving.CLAMP) ? clamped(rung) : rung.outputTokens();
        List<Saving> moves = allowed.stream()
                .filter(move -> switch (move) {
                    case TRIM -> made.contains(move);
                    case CLAMP -> output < rung.outputTokens();
                    case DOWNGRADE -> index > 0;
                })
                .toList();
        Offer offer = new Offer(index, output, moves);
        boolean saves = enough(rung, output);
        boolean old = moves.isEmpty() || enough.contains(offer) || tooLittle.contains(offer);
        if (saves && !old) {
            enough.add(offer);
        } else if (!old && spares(rung, output, 1)) {
            tooLittle.add(offer);
        }
        return saves;
    }

    /**
     * The longest answer that saves enough and fits. To save it is cut no shorter than to the share that is left of what
     * was asked; to fit, as far as is worth serving.
     */
    private long clamped(Rung rung) {
        long most = rung.outputTokens();
        if (enough(rung, most)) {
            return most;
        }
        long gentle = Math.max(LEAST_OUTPUT_TOKENS, (long) Math.ceil(most * share));
        long least = Math.min(most, fits(rung, Math.min(most, gentle)) ? gentle : LEAST_OUTPUT_TOKENS);
        while (least < most) {
            long middle = least + Math.ceilDiv(most - least, 2);
            if (enough(rung, middle)) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        return least;
    }

    private boolean enough(Rung rung, long output) {
        return fits(rung, output) && spares(rung, output, share);
    }

    /** Whether there is room for it on the short limits; the others are the store's to ask. */
    private boolean fits(Rung rung, long output) {
        Demand demand = rung.demand(output);
        return shortages.stream()
                .filter(shortage -> shortage.counts(rung))
                .allMatch(shortage -> demand.of(shortage.limit().spec().kind()) <= shortage.remaining());
    }

    /** Whether each short limit is spared: by more than nothing, and so that no more than the share is taken of it. */
    private boolean spares(Rung rung, long output, double share) {
        Rung asked = rungs.getFirst();
        Demand before = asked.demand(asked.outputTokens());
        Demand after = rung.demand(output);
        return shortages.stream().filter(shortage -> shortage.counts(rung)).allMatch(shortage -> {
            Kind kind = shortage.limit().spec().kind();
            return spares(before.of(kind), after.of(kind), share) || spares(before.nanoUsd(), after.nanoUsd(), share);
        });
    }

    private static boolean spares(long before, long after, double share) {
        return after < before && after <= before * share;
    }
}
