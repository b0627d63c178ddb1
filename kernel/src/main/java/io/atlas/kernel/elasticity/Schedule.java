package io.atlas.kernel.elasticity;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * By what an amount is multiplied at which hours. It is a function of the instant and the zone, asked at use: nothing has
 * to be switched when an hour begins. The local time of the instant decides, so that hours which a zone skips are skipped,
 * and hours which come twice count twice.
 *
 * @param parts which do not overlap; at all other hours the factor is 1
 */
public record Schedule(List<Part> parts) {
    /** The factor 1. */
    public static final int WHOLE_PER_MILLE = 1_000;

    /**
     * A factor at some hours.
     *
     * @param perMille the factor in thousandths, 1 to 100,000
     */
    public record Part(Hours hours, int perMille) {}

    public Schedule {
        parts = List.copyOf(parts);
    }

    /** The part that the instant is in, in epoch microseconds, if it is in any. */
    public Optional<Part> at(long micros, ZoneId zone) {
        ZonedDateTime local = local(micros, zone);
        int minute = (int) Duration.between(local.toLocalDate().atStartOfDay(), local.toLocalDateTime())
                .toMinutes();
        return parts.stream()
                .filter(part -> part.hours.cover(local.getDayOfWeek(), minute))
                .findFirst();
    }

    /** The factor of the instant, in thousandths. */
    public int perMille(long micros, ZoneId zone) {
        return at(micros, zone).map(Part::perMille).orElse(WHOLE_PER_MILLE);
    }

    /** The first instant after that one at which another part may begin: in between the factor does not change. */
    public long nextChangeMicros(long micros, ZoneId zone) {
        Instant now = instant(micros);
        return Stream.concat(bounds(now, zone, -1, 2), shift(now, now.plus(Duration.ofDays(2)), zone))
                .filter(bound -> bound.isAfter(now))
                .min(Instant::compareTo)
                .map(Schedule::micros)
                .orElse(Long.MAX_VALUE);
    }

    /** The last instant, that one or one before it, at which another part began; the start of all where none did. */
    public long lastChangeMicros(long micros, ZoneId zone) {
        Instant now = instant(micros);
        return Stream.concat(bounds(now, zone, -8, 1), shift(now.minus(Duration.ofDays(8)), now, zone))
                .filter(bound -> !bound.isAfter(now))
                .map(Schedule::micros)
                .filter(bound -> !at(bound, zone).equals(at(bound - 1, zone)))
                .max(Long::compare)
                .orElse(0L);
    }

    /** The times of day at which some part begins or ends, on the days around that instant. */
    private Stream<Instant> bounds(Instant now, ZoneId zone, int firstDay, int lastDay) {
        ZonedDateTime local = now.atZone(zone);
        return parts.stream()
                .flatMapToInt(part -> IntStream.of(part.hours.fromMinute(), part.hours.toMinute()))
                .boxed()
                .flatMap(minute -> IntStream.rangeClosed(firstDay, lastDay)
                        .mapToObj(day ->
                                local.toLocalDate().plusDays(day).atStartOfDay().plusMinutes(minute)))
                .map(there ->
                        ZonedDateTime.ofLocal(there, zone, local.getOffset()).toInstant());
    }

    /** When clocks change between two instants, to the second; by halves, as they do so once in that time. */
    private static Stream<Instant> shift(Instant from, Instant till, ZoneId zone) {
        ZoneOffset before = from.atZone(zone).getOffset();
        if (till.atZone(zone).getOffset().equals(before)) {
            return Stream.empty();
        }
        long low = from.getEpochSecond();
        long high = till.getEpochSecond();
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (Instant.ofEpochSecond(middle).atZone(zone).getOffset().equals(before)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Stream.of(Instant.ofEpochSecond(high));
    }

    /** The largest factor of the week, in thousandths. */
    public int mostPerMille() {
        int covered =
                parts.stream().mapToInt(part -> part.hours.minutesOfWeek()).sum();
        int beside = covered < Hours.MINUTES_OF_WEEK ? WHOLE_PER_MILLE : 0;
        return parts.stream().mapToInt(Part::perMille).reduce(beside, Math::max);
    }

    private static ZonedDateTime local(long micros, ZoneId zone) {
        return instant(micros).atZone(zone);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
