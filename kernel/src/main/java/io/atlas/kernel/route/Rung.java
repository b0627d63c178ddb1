package io.atlas.kernel.route;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Demand;

/**
 * A model that may serve a request, and how large the request is taken to be there.
 *
 * @param inputTokens the bound that is reserved
 * @param outputTokens of one choice
 * @param choices how many are written
 */
public record Rung(String model, String modelClass, Price price, long inputTokens, long outputTokens, int choices) {
    /** What is reserved with that bound on the output of one choice. */
    Demand demand(long output) {
        return demand(inputTokens, output);
    }

    /** The same with another prompt. */
    Demand demand(long input, long output) {
        long all = output * choices;
        return new Demand(input, all, price.ceilingNanoUsd(input, all), price.ceilingCredits(input, all));
    }
}
