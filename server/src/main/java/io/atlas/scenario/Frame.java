package io.atlas.scenario;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * A play at one moment.
 *
 * @param elapsed since the act began
 */
public record Frame(Act act, Duration elapsed, List<Row> rows) {
    public Frame {
        rows = List.copyOf(rows);
    }

    /**
     * One tenant.
     *
     * @param seen since the act began
     * @param rates per second, over the last five seconds of the act, or as many as there were
     * @param tokensLeft of its tightest token limit, as the last answer's headers told; nothing where it has none
     * @param requestsLeft the same of its tightest request limit
     */
    public record Row(String tenant, Seen seen, Rates rates, OptionalLong tokensLeft, OptionalLong requestsLeft) {}

    /** Requests per second. */
    public record Rates(double asked, double served, double refused) {}
}
