package io.atlas.answer;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Remedy;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.tenant.Caller;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What would become of a request if it were sent now.
 *
 * @param forecast whether it would be served
 * @param limits those of its path, as far as it would come to them
 * @param steps what would be done, until it were held or refused
 * @param configuration the version of the configuration that says so
 */
public record Foretold(
        long atMicros,
        Caller caller,
        Asked asked,
        Forecast forecast,
        List<Standing> limits,
        List<Step> steps,
        String configuration) {
    public Foretold {
        limits = List.copyOf(limits);
        steps = List.copyOf(steps);
    }

    /** Whether it would be served. */
    public sealed interface Forecast {
        /**
         * It would be.
         *
         * @param outputTokens the most of one choice
         * @param costNanoUsd the most that it can cost
         */
        record Served(
                String model, long inputTokens, long outputTokens, long trimmedTokens, long costNanoUsd, String price)
                implements Forecast {}

        /** It would not be. */
        record Refused(Fault fault, OptionalLong retryAfterMillis, List<Remedy> remedies) implements Forecast {
            public Refused {
                remedies = List.copyOf(remedies);
            }
        }
    }

    /**
     * A limit of the path.
     *
     * @param asked what the request asks of it, in the unit of its kind
     * @param after how full it would be, if the request were served
     */
    public record Standing(Limit limit, Level before, long asked, Optional<Level> after) {}
}
