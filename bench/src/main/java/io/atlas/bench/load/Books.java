package io.atlas.bench.load;

/** Requests that were charged, and their tokens. */
public record Books(long requests, long inputTokens, long outputTokens) {
    /** Nothing charged. */
    public static final Books EMPTY = new Books(0, 0, 0);

    /** Both together. */
    public Books plus(Books other) {
        return new Books(requests + other.requests, inputTokens + other.inputTokens, outputTokens + other.outputTokens);
    }

    /** What the ledger says, held against this count: one line. */
    public String comparedWith(Books ledger) {
        if (equals(ledger)) {
            return "books equal: %,d requests, %,d input and %,d output tokens"
                    .formatted(requests, inputTokens, outputTokens);
        }
        return "books differ: ledger %s, load %s, ledger less load: %+d requests, %+d input, %+d output tokens"
                .formatted(
                        ledger,
                        this,
                        ledger.requests - requests,
                        ledger.inputTokens - inputTokens,
                        ledger.outputTokens - outputTokens);
    }
}
