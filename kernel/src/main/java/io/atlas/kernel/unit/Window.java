package io.atlas.kernel.unit;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn of a calendar period in a zone, in epoch microseconds, the end excluded. It is a function of the instant and
 * the zone, computed at use: nothing has to be reset when a day ends, so nothing can be reset late.
 */
public record Window(long startMicros, long endMicros) {
    /** Whether the instant lies in this window. */
    public boolean contains(long micros) {
        return micros >= startMicros && micros < endMicros;
    }

    /** This window in parts of that length, hours or calendar periods, each of which lies in it as a whole. */
    public List<Window> parts(Period length, ZoneId zone) {
        List<Window> parts = new ArrayList<>();
        for (long start = startMicros; start < endMicros; start = parts.getLast().endMicros) {
            parts.add(
                    length == Period.HOUR
                            ? new Window(start, Math.min(endMicros, start + Period.HOUR.micros()))
                            : of(length, zone, start));
        }
        return parts;
    }

    /** The window of a calendar period that holds the instant; a week starts on Monday (ISO 8601). */
    public static Window of(Period period, ZoneId zone, long micros) {
        LocalDate day =
                Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atZone(zone).toLocalDate();
        LocalDate first = first(period, day);
        return new Window(midnight(first, zone), midnight(next(period, first), zone));
    }

    private static LocalDate first(Period period, LocalDate day) {
        return switch (period) {
            case DAY -> day;
            case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> day.withDayOfMonth(1);
            case QUARTER -> day.with(IsoFields.DAY_OF_QUARTER, 1);
            case YEAR -> day.withDayOfYear(1);
            case SECOND, MINUTE, HOUR ->
                throw new IllegalArgumentException("period: " + period + " (expected: day or longer)");
        };
    }

    private static LocalDate next(Period period, LocalDate first) {
        return switch (period) {
            case DAY -> first.plusDays(1);
            case WEEK -> first.plusWeeks(1);
            case MONTH -> first.plusMonths(1);
            case QUARTER -> first.plusMonths(3);
            case YEAR -> first.plusYears(1);
            case SECOND, MINUTE, HOUR ->
                throw new IllegalArgumentException("period: " + period + " (expected: day or longer)");
        };
    }

    /** The first instant of the day: where daylight saving skips midnight, the first one that exists. */
    private static long midnight(LocalDate day, ZoneId zone) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, day.atStartOfDay(zone).toInstant());
    }
}
