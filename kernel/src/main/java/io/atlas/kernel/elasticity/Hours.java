package io.atlas.kernel.elasticity;

import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Some hours of some days of each week, in local time: {@code Mon-Fri 08:00-19:00}. The end is excluded. Hours that pass
 * midnight belong to the day that they begin on.
 *
 * @param text as they were written
 * @param days on which they begin
 * @param fromMinute of the day, 0 to 1439
 * @param toMinute of the day, 1 to 1440; at most the first where they pass midnight
 */
public record Hours(String text, Set<DayOfWeek> days, int fromMinute, int toMinute) {
    /** What is written, for those who wrote something else. */
    public static final String FORM = "days and hours such as \"Mon-Fri 08:00-19:00\" or \"Sat,Sun 22:00-06:00\"";

    private static final int TIME_LENGTH = "08:00".length();
    private static final int MINUTES_OF_HOUR = 60;
    static final int MINUTES_OF_DAY = 24 * MINUTES_OF_HOUR;
    static final int MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;
    private static final List<String> NAMES = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

    public Hours {
        days = Set.copyOf(days);
    }

    /** The hours that are written so; none where it is not {@link #FORM}. */
    public static Optional<Hours> of(String text) {
        int space = text.indexOf(' ');
        String hours = text.substring(space + 1);
        if (space < 0 || hours.length() != 2 * TIME_LENGTH + 1 || hours.charAt(TIME_LENGTH) != '-') {
            return Optional.empty();
        }
        Set<DayOfWeek> days = days(text.substring(0, space));
        int from = minute(hours.substring(0, TIME_LENGTH));
        int to = minute(hours.substring(TIME_LENGTH + 1));
        boolean some = from >= 0 && from < MINUTES_OF_DAY && to > 0 && from != to;
        return some && !days.isEmpty() ? Optional.of(new Hours(text, days, from, to)) : Optional.empty();
    }

    /** The minute of the day that is written {@code 08:30}, up to {@code 24:00}; -1 where it is none. */
    private static int minute(String time) {
        int hour = two(time, 0);
        int minute = two(time, 3);
        boolean written = hour >= 0 && minute >= 0 && minute < MINUTES_OF_HOUR && time.charAt(2) == ':';
        int all = hour * MINUTES_OF_HOUR + minute;
        return written && all <= MINUTES_OF_DAY ? all : -1;
    }

    private static int two(String text, int at) {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
    }

    /** Days and ranges of days; none where one is not written so. */
    private static Set<DayOfWeek> days(String text) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = NAMES.indexOf(dash < 0 ? part : part.substring(0, dash));
            int last = NAMES.indexOf(part.substring(dash + 1));
            if (first < 0 || last < 0) {
                return Set.of();
            }
            int many = Math.floorMod(last - first, NAMES.size());
            IntStream.rangeClosed(0, many)
                    .forEach(i -> days.add(DayOfWeek.of(1 + first).plus(i)));
        }
        return days;
    }

    /** Whether that minute of that day is among them. */
    public boolean cover(DayOfWeek day, int minute) {
        if (fromMinute < toMinute) {
            return days.contains(day) && minute >= fromMinute && minute < toMinute;
        }
        return (days.contains(day) && minute >= fromMinute) || (days.contains(day.minus(1)) && minute < toMinute);
    }

    /** Whether there is a minute of the week that is among both. */
    public boolean overlap(Hours other) {
        return days.stream()
                .mapToInt(this::start)
                .anyMatch(start -> other.days.stream()
                        .mapToInt(other::start)
                        .anyMatch(there -> Math.floorMod(there - start, MINUTES_OF_WEEK) < minutes()
                                || Math.floorMod(start - there, MINUTES_OF_WEEK) < other.minutes()));
    }

    /** How many minutes of a week they are. */
    int minutesOfWeek() {
        return days.size() * minutes();
    }

    private int start(DayOfWeek day) {
        return day.getValue() * MINUTES_OF_DAY + fromMinute;
    }

    private int minutes() {
        return fromMinute < toMinute ? toMinute - fromMinute : toMinute + MINUTES_OF_DAY - fromMinute;
    }
}
