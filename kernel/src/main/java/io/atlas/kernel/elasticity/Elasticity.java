package io.atlas.kernel.elasticity;

import java.time.ZoneId;
import java.util.Optional;

/**
 * How the amount of a rate changes while it is in force, and from what.
 *
 * @param amount as it is declared
 * @param burst as it is declared
 * @param schedule by what both are multiplied at which hours
 * @param range between what the amount follows the load, where it does; the burst does not follow
 * @param sinceMicros since when the limit says what it says now; 0 where it says what is declared
 */
public record Elasticity(
        long amount, long burst, Optional<Schedule> schedule, Optional<Range> range, long sinceMicros) {
    /**
     * Between what an amount follows the load.
     *
     * @param floor the guarantee, which it never falls below
     * @param cap what it never rises above
     */
    public record Range(long floor, long cap) {
        /** The same, as many times as large. */
        Range times(int perMille) {
            return new Range(scaled(floor, perMille), scaled(cap, perMille));
        }

        /** The amount, or what of the range is nearest to it. */
        public long within(long wished) {
            return Math.clamp(wished, floor, cap);
        }
    }

    /** As it is declared. */
    public Elasticity(long amount, long burst, Optional<Schedule> schedule, Optional<Range> range) {
        this(amount, burst, schedule, range, 0);
    }

    /** The same of another declaration. */
    public Elasticity of(long otherAmount, long otherBurst) {
        return new Elasticity(otherAmount, otherBurst, schedule, range);
    }

    /** The same of a limit that says since then what it says. */
    public Elasticity since(long micros) {
        return new Elasticity(amount, burst, schedule, range, micros);
    }

    /** As it is declared, whatever the limit says now. */
    public Elasticity declared() {
        return since(0);
    }

    /** The factor of the hour, in thousandths. */
    public int perMille(long micros, ZoneId zone) {
        return schedule.map(hours -> hours.perMille(micros, zone)).orElse(Schedule.WHOLE_PER_MILLE);
    }

    /** The largest factor of all hours, in thousandths. */
    public int mostPerMille() {
        return schedule.map(Schedule::mostPerMille).orElse(Schedule.WHOLE_PER_MILLE);
    }

    /** The range at a factor in thousandths. */
    public Optional<Range> range(int perMille) {
        return range.map(whole -> whole.times(perMille));
    }

    /** So many thousandths of the units, rounded down; at least 1. */
    public static long scaled(long units, int perMille) {
        long whole = units / Schedule.WHOLE_PER_MILLE * perMille;
        return Math.max(1, whole + units % Schedule.WHOLE_PER_MILLE * perMille / Schedule.WHOLE_PER_MILLE);
    }
}
