package io.atlas.exchange;

import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Shortage;
import java.util.List;
import java.util.Optional;

/**
 * The ways in which a request may be served, in the order in which they are to be tried; the last is what was asked.
 *
 * @param cause the limit for which less is to be spent, where there is one
 * @param trimmedTokens by how much the shorter conversation is shorter, counted for the asked model
 */
public record Candidates(List<Candidate> all, Optional<Shortage> cause, long trimmedTokens) {
    /**
     * One of the ways: a model with its price and its limits, and the sizes there.
     *
     * @param moves what was done to save
     */
    public record Candidate(Asking asking, Sizes sizes, List<Saving> moves) {
        public Candidate {
            moves = List.copyOf(moves);
        }
    }

    public Candidates {
        all = List.copyOf(all);
    }

    /** As it was asked, and no other way. */
    public static Candidates asAsked(Asking asking, Sizes sizes) {
        return new Candidates(List.of(new Candidate(asking, sizes, List.of())), Optional.empty(), 0);
    }

    /** The request as it was asked. */
    public Candidate asked() {
        return all.getLast();
    }
}
