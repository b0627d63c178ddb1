package io.atlas.kernel.elasticity;

import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final String DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final String SOME_DAYS = DAY + "(?:-" + DAY + ")?";
    private static final String TIME = "([01][0-9]|2[0-4]):([0-5][0-9])";

    /** The form as a pattern, which takes some that are no hours. */
    public static final Pattern PATTERN =
            Pattern.compile("(" + SOME_DAYS + "(?:," + SOME_DAYS + ")*) " + TIME + "-" + TIME);

    private static final int MINUTES_OF_HOUR = 60;
    static final int MINUTES_OF_DAY = 24 * MINUTES_OF_HOUR;
    static final int MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;
    private static final List<String> NAMES = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

    public Hours {
        days = Set.copyOf(days);
    }

    /** The hours that are written so; none where it is not {@link #FORM}. */
    public static Optional<Hours> of(String text) {
        Matcher written = PATTERN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        int from = minute(written.group(2), written.group(3));
        int to = minute(written.group(4), written.group(5));
        boolean some = from < MINUTES_OF_DAY && to <= MINUTES_OF_DAY && to > 0 && from != to;
        return some ? Optional.of(new Hours(text, days(written.group(1)), from, to)) : Optional.empty();
    }

    private static int minute(String hour, String minute) {
        return Integer.parseInt(hour) * MINUTES_OF_HOUR + Integer.parseInt(minute);
    }

    private static Set<DayOfWeek> days(String text) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(",", -1)) {
            DayOfWeek day = day(part.substring(0, 3));
            DayOfWeek last = day(part.substring(part.length() - 3));
            days.add(day);
            while (day != last) {
                day = day.plus(1);
                days.add(day);
            }
        }
        return days;
    }

    private static DayOfWeek day(String name) {
        return DayOfWeek.of(1 + NAMES.indexOf(name));
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
