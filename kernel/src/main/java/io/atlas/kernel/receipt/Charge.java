package io.atlas.kernel.receipt;

import io.atlas.kernel.unit.Usage;
import java.util.Optional;

/**
 * What a request is charged: the contract's table "What is charged", a row a case.
 *
 * @param charged whether it counts on limits at all
 */
public record Charge(boolean charged, Usage usage, UsageSource source) {
    /** Nothing, on any limit. */
    public static final Charge NOTHING = new Charge(false, Usage.NONE, UsageSource.UNKNOWN);

    /**
     * Applies the table.
     *
     * @param reported the backend's own count, of a broken stream its last running one
     * @param counted what Atlas counted: the input, and the output relayed so far
     */
    public static Charge of(Ending ending, Optional<Usage> reported, Usage counted) {
        return switch (ending) {
            case NEVER_SENT, BACKEND_ERROR, DIED_UNSENT -> NOTHING;
            case SERVED, BROKEN_AFTER_FIRST_BYTE ->
                reported.map(Charge::reported).orElseGet(() -> counted(counted));
            case BROKEN_BEFORE_FIRST_BYTE -> counted(Usage.of(counted.inputTokens(), 0));
            case DIED_SENT -> new Charge(true, reported.orElse(counted), UsageSource.ESTIMATED);
        };
    }

    private static Charge reported(Usage usage) {
        return new Charge(true, usage, UsageSource.REPORTED);
    }

    private static Charge counted(Usage usage) {
        return new Charge(true, usage, UsageSource.COUNTED);
    }
}
