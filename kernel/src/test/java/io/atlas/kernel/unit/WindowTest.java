package io.atlas.kernel.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {
    private static final List<Period> CALENDAR =
            List.of(Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER, Period.YEAR);

    @Test
    void partsLieSideBySideAndFillTheWindowWhateverTheClocksDo() {
        for (String name : List.of("Europe/Rome", "Asia/Kathmandu", "Pacific/Apia", "America/Havana")) {
            ZoneId zone = ZoneId.of(name);
            for (String at : List.of("2011-12-30T05:00:00Z", "2026-10-25T12:00:00Z", "2026-11-01T05:30:00Z")) {
                long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(at));
                for (Period length : List.of(Period.HOUR, Period.DAY, Period.MONTH)) {
                    Window year = Window.of(Period.YEAR, zone, micros);
                    List<Window> parts = year.parts(length, zone);
                    assertThat(parts.getFirst().startMicros()).isEqualTo(year.startMicros());
                    assertThat(parts.getLast().endMicros()).isEqualTo(year.endMicros());
                    for (int i = 1; i < parts.size(); i++) {
                        assertThat(parts.get(i).startMicros())
                                .isEqualTo(parts.get(i - 1).endMicros());
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} in {1} at {2}")
    @CsvSource({
        "DAY,     UTC,                 2026-11-20T12:00:00Z, 2026-11-20T00:00:00Z, 2026-11-21T00:00:00Z",
        "DAY,     Pacific/Kiritimati,  2026-11-20T12:00:00Z, 2026-11-20T10:00:00Z, 2026-11-21T10:00:00Z",
        "DAY,     Asia/Kathmandu,      2026-11-20T18:14:59Z, 2026-11-19T18:15:00Z, 2026-11-20T18:15:00Z",
        // 23 and 25 hours: the clocks go forward in March and back in October.
        "DAY,     Europe/Rome,         2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "DAY,     Europe/Rome,         2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        // The clocks jump from 24:00 to 01:00: the day begins at one.
        "DAY,     America/Sao_Paulo,   2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
        "DAY,     Africa/Cairo,        2024-04-25T21:30:00Z, 2024-04-24T22:00:00Z, 2024-04-25T22:00:00Z",
        "DAY,     Africa/Cairo,        2024-04-25T22:00:00Z, 2024-04-25T22:00:00Z, 2024-04-26T21:00:00Z",
        // Midnight comes twice: the day begins at the first.
        "DAY,     America/Havana,      2026-11-01T05:30:00Z, 2026-11-01T04:00:00Z, 2026-11-02T05:00:00Z",
        // Samoa had no 30 December in 2011.
        "DAY,     Pacific/Apia,        2011-12-30T05:00:00Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
        "DAY,     UTC,                 2028-02-29T23:59:59Z, 2028-02-29T00:00:00Z, 2028-03-01T00:00:00Z",
        "WEEK,    UTC,                 2026-11-20T12:00:00Z, 2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z",
        "WEEK,    UTC,                 2026-11-16T00:00:00Z, 2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z",
        "WEEK,    UTC,                 2026-11-15T23:59:59Z, 2026-11-09T00:00:00Z, 2026-11-16T00:00:00Z",
        "MONTH,   UTC,                 2028-02-29T12:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
        "MONTH,   UTC,                 2026-01-31T23:59:59Z, 2026-01-01T00:00:00Z, 2026-02-01T00:00:00Z",
        "MONTH,   Europe/Rome,         2026-12-31T23:00:00Z, 2026-12-31T23:00:00Z, 2027-01-31T23:00:00Z",
        "QUARTER, UTC,                 2026-06-30T23:59:59Z, 2026-04-01T00:00:00Z, 2026-07-01T00:00:00Z",
        "QUARTER, Europe/Rome,         2026-02-10T00:00:00Z, 2025-12-31T23:00:00Z, 2026-03-31T22:00:00Z",
        "YEAR,    UTC,                 2028-12-31T23:59:59Z, 2028-01-01T00:00:00Z, 2029-01-01T00:00:00Z",
    })
    void theWindowFollowsTheCalendarOfItsZone(Period period, String zone, Instant at, Instant start, Instant end) {
        assertThat(Window.of(period, ZoneId.of(zone), micros(at))).isEqualTo(new Window(micros(start), micros(end)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8})
    void windowsLieSideBySideWithoutGapOrOverlap(long seed) {
        Random random = new Random(seed);
        List<String> zones = ZoneId.getAvailableZoneIds().stream().sorted().toList();
        for (int i = 0; i < 2_000; i++) {
            ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            Period period = CALENDAR.get(random.nextInt(CALENDAR.size()));
            long at = random.nextLong(2_200_000_000_000_000L);
            String where = "seed " + seed + ": " + period + " in " + zone + " at " + at;

            Window window = Window.of(period, zone, at);

            assertThat(window.contains(at)).as(where).isTrue();
            assertThat(Window.of(period, zone, window.startMicros())).as(where).isEqualTo(window);
            assertThat(Window.of(period, zone, window.endMicros() - 1))
                    .as(where)
                    .isEqualTo(window);
            assertThat(Window.of(period, zone, window.endMicros()).startMicros())
                    .as(where)
                    .isEqualTo(window.endMicros());
        }
    }

    @Test
    void theEndIsNoPartOfTheWindow() {
        Window window = new Window(10, 20);
        assertThat(window.contains(9)).isFalse();
        assertThat(window.contains(10)).isTrue();
        assertThat(window.contains(19)).isTrue();
        assertThat(window.contains(20)).isFalse();
    }

    @Test
    void aShortPeriodHasNoWindow() {
        assertThatThrownBy(() -> Window.of(Period.HOUR, ZoneId.of("UTC"), 0))
                .hasMessage("period: HOUR (expected: day or longer)");
        assertThatThrownBy(Period.DAY::micros).hasMessage("micros of day (expected: of a period that leaks)");
    }

    @Test
    void aPeriodIsFoundByItsWord() {
        for (Period period : Period.values()) {
            assertThat(Period.of(period.word())).contains(period);
        }
        assertThat(Period.of("Day")).isEmpty();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
