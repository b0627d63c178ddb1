package io.atlas.kernel.quota;

import io.atlas.kernel.unit.Check;
import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Usage;

/** What one request takes, or took, of every kind of limit. */
public record Demand(long inputTokens, long outputTokens, long nanoUsd, long credits) {
    public Demand {
        Check.within(0, inputTokens, Usage.MAX_TOKENS, "inputTokens");
        Check.within(0, outputTokens, Usage.MAX_TOKENS, "outputTokens");
        Check.within(0, nanoUsd, Money.MAX_NANO_USD, "nanoUsd");
        Check.within(0, credits, Money.MAX_NANO_USD, "credits");
    }

    /** Where nothing is counted in credits. */
    public Demand(long inputTokens, long outputTokens, long nanoUsd) {
        this(inputTokens, outputTokens, nanoUsd, 0);
    }

    /** The amount in the unit of the kind. */
    public long of(Kind kind) {
        return switch (kind) {
            case REQUESTS, CONCURRENT -> 1;
            case TOKENS -> inputTokens + outputTokens;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
            case CREDITS -> credits;
            case COST -> nanoUsd;
        };
    }
}
