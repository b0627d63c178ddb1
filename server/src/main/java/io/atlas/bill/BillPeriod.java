package io.atlas.bill;

import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A period of the calendar: {@code 2026}, {@code 2026-Q4}, {@code 2026-11} or {@code 2026-11-25}.
 *
 * @param name as it was asked
 * @param first its first day
 */
public record BillPeriod(String name, Period length, LocalDate first) {
    private static final String QUARTER = "([0-9]{4})-Q([1-4])";
    private static final int MONTHS_OF_QUARTER = 3;

    /** The period of that name, if it is one. */
    public static Optional<BillPeriod> of(String name) {
        try {
            if (name.matches(QUARTER)) {
                int month = (name.charAt(name.length() - 1) - '1') * MONTHS_OF_QUARTER + 1;
                return of(name, Period.QUARTER, LocalDate.of(Integer.parseInt(name.substring(0, 4)), month, 1));
            }
            return switch (name.length()) {
                case 4 -> of(name, Period.YEAR, Year.parse(name).atDay(1));
                case 7 -> of(name, Period.MONTH, YearMonth.parse(name).atDay(1));
                case 10 -> of(name, Period.DAY, LocalDate.parse(name));
                default -> Optional.empty();
            };
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<BillPeriod> of(String name, Period length, LocalDate first) {
        return Optional.of(new BillPeriod(name, length, first));
    }

    /** The whole of it, in that zone. */
    public Window whole(ZoneId zone) {
        return Window.of(length, zone, micros(first, zone));
    }

    /** Its days in that zone; a day on which clocks change has another length. */
    public List<Window> days(ZoneId zone) {
        return whole(zone).parts(Period.DAY, zone);
    }

    private static long micros(LocalDate day, ZoneId zone) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, day.atStartOfDay(zone).toInstant());
    }
}
