package io.atlas.bench.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long decisions took, as Atlas counts them in {@code atlas_quota_check_seconds}: from the parsed body to the
 * reservation or the refusal.
 *
 * @param upTo how many took at most so many milliseconds; the last bound is infinite
 */
public record DecisionTimes(Map<Double, Long> upTo) {
    private static final Pattern BUCKET =
            Pattern.compile("^atlas_quota_check_seconds_bucket\\{.*le=\"([^\"]+)\".*}\\s+(\\S+)$", Pattern.MULTILINE);
    private static final double MILLIS = 1e3;

    public DecisionTimes {
        upTo = new TreeMap<>(upTo);
    }

    /** What a page of metrics says. */
    public static DecisionTimes of(String metrics) {
        Map<Double, Long> upTo = new TreeMap<>();
        Matcher bucket = BUCKET.matcher(metrics);
        while (bucket.find()) {
            double bound =
                    bucket.group(1).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bucket.group(1));
            upTo.put(bound * MILLIS, (long) Double.parseDouble(bucket.group(2)));
        }
        return new DecisionTimes(upTo);
    }

    /** Those that came since. */
    public DecisionTimes since(DecisionTimes before) {
        Map<Double, Long> since = new TreeMap<>();
        upTo.forEach((bound, count) -> since.put(bound, count - before.upTo.getOrDefault(bound, 0L)));
        return new DecisionTimes(since);
    }

    /** How many there were. */
    public long count() {
        return upTo.getOrDefault(Double.POSITIVE_INFINITY, 0L);
    }

    /**
     * The milliseconds that the given share of them does not exceed, interpolated within a bucket as Prometheus does; 0
     * where there are none.
     */
    public double millis(double share) {
        double rank = share * count();
        double lower = 0;
        long below = 0;
        for (Map.Entry<Double, Long> bucket : upTo.entrySet()) {
            if (bucket.getValue() >= rank && bucket.getValue() > below) {
                return lower + (bucket.getKey() - lower) * (rank - below) / (bucket.getValue() - below);
            }
            lower = bucket.getKey();
            below = bucket.getValue();
        }
        return 0;
    }

    /** The least bound that none exceeded, in milliseconds. */
    public double mostMillis() {
        return upTo.entrySet().stream()
                .filter(bucket -> bucket.getValue() == count())
                .mapToDouble(Map.Entry::getKey)
                .findFirst()
                .orElse(0);
    }
}
