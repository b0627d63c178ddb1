package io.atlas.exchange;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Demand;
import io.atlas.model.Model;
import java.util.OptionalLong;

/**
 * How large a request is taken to be: an upper bound of what its backend will count.
 *
 * @param inputTokens the bound that is reserved
 * @param likelyInputTokens about how many there are; what is charged where no backend counts
 * @param counted the counted figure behind it, where the tokens were counted
 * @param outputTokens of one choice
 * @param choices how many are written, be they all wanted or the drafts of the best
 */
public record Sizes(long inputTokens, long likelyInputTokens, OptionalLong counted, long outputTokens, int choices) {
    /** What is reserved for it at the price of the model. */
    public Demand demand(Model model) {
        long output = outputTokens * choices;
        Price price = model.price();
        return new Demand(
                inputTokens,
                output,
                price.ceilingNanoUsd(inputTokens, output),
                price.ceilingCredits(inputTokens, output));
    }

    /** The same request with another bound on its output. */
    public Sizes withOutput(long tokens) {
        return new Sizes(inputTokens, likelyInputTokens, counted, tokens, choices);
    }

    /** How the input was found, as receipts write it. */
    public String method() {
        return counted.isPresent() ? "counted" : "bytes";
    }
}
