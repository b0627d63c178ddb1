package io.atlas.ledger;

import java.util.List;

/** Which sums are asked for: by what, and of which time in epoch microseconds, the end excluded. */
public record UsageQuery(List<Grouping> by, long fromMicros, long toMicros) {
    public UsageQuery {
        by = List.copyOf(by);
    }
}
