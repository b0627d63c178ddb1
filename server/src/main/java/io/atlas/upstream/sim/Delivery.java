package io.atlas.upstream.sim;

import java.util.Set;

/** How the client wants its answer. */
sealed interface Delivery {
    /** Whole. */
    record Plain() implements Delivery {}

    /** Token by token. */
    record Stream(Set<UsageReport> usage) implements Delivery {
        public Stream {
            usage = Set.copyOf(usage);
        }
    }

    /** Where a stream tells its usage. */
    enum UsageReport {
        /** In a chunk of its own after the last token: {@code include_usage}. */
        FINAL,
        /** In every chunk, as it stands: {@code continuous_usage_stats}, as vLLM has it. */
        RUNNING
    }
}
