package io.atlas.kernel.route;

import java.util.List;

/**
 * One way to serve a request.
 *
 * @param rung which of the models, 0 the one that was asked for
 * @param outputTokens the bound on the output of one choice
 * @param moves what was done to save, in the order of the ladder; nothing, where it is served as asked
 */
public record Offer(int rung, long outputTokens, List<Saving> moves) {
    public Offer {
        moves = List.copyOf(moves);
    }
}
