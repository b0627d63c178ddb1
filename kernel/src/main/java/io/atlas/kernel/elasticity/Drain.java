package io.atlas.kernel.elasticity;

import java.time.ZoneId;

/**
 * When a bucket that follows a schedule has room, though its rate and its burst change at other hours: never too early. A
 * rate that follows the load too is taken for its floor from the next hour on.
 *
 * @param level what has not leaked yet
 * @param wanted what is to fit; no more than the burst of some hour
 * @param rate what leaks in a period at this hour
 */
public record Drain(Elasticity how, ZoneId zone, long level, long wanted, long rate, long periodMicros) {
    /** After that time every hour of the week has come again, wherever clocks change meanwhile. */
    private static final long CYCLE_MICROS = 8 * 86_400_000_000L;

    /** More than what is lost where numbers of 53 bits are multiplied. */
    private static final double DOUBT = 1e-12;

    /** The time until it fits if nothing else is charged. */
    public long waitMicros(long nowMicros) {
        Schedule schedule = how.schedule().orElseThrow();
        long slowest = rate;
        double leaked = 0;
        for (long from = nowMicros; from < nowMicros + CYCLE_MICROS; ) {
            long till = schedule.nextChangeMicros(from, zone);
            long here = from == nowMicros ? rate : rate(from);
            slowest = Math.min(slowest, here);
            double excess = Math.max(0, Math.max(0, level - leaked) + wanted - burst(from));
            long fits = from + micros(excess, here);
            if (wanted <= burst(from) && fits < till) {
                return fits - nowMicros;
            }
            leaked += units(till - from, here);
            from = till;
        }
        return firstHour(schedule, nowMicros + Math.max(CYCLE_MICROS, micros((double) level, slowest))) - nowMicros;
    }

    /** The first hour at which it fits into an empty bucket. */
    private long firstHour(Schedule schedule, long fromMicros) {
        long from = fromMicros;
        while (wanted > burst(from) && from < fromMicros + CYCLE_MICROS) {
            from = schedule.nextChangeMicros(from, zone);
        }
        return from;
    }

    private long burst(long micros) {
        return Elasticity.scaled(how.burst(), how.perMille(micros, zone));
    }

    private long rate(long micros) {
        int perMille = how.perMille(micros, zone);
        return how.range(perMille).map(Elasticity.Range::floor).orElse(Elasticity.scaled(how.amount(), perMille));
    }

    private long micros(double units, long perPeriod) {
        return (long) Math.ceil(units * periodMicros / perPeriod * (1 + DOUBT));
    }

    private double units(long micros, long perPeriod) {
        return (double) micros * perPeriod / periodMicros * (1 - DOUBT);
    }
}
