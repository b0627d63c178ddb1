package io.atlas.kernel.elasticity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleTest {
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");

    private static Schedule of(String hours, int perMille) {
        return new Schedule(List.of(part(hours, perMille)));
    }

    private static Schedule.Part part(String hours, int perMille) {
        return new Schedule.Part(Hours.of(hours).orElseThrow(), perMille);
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }

    private static long rome(String local) {
        return micros(LocalDateTime.parse(local).atZone(ROME).toInstant().toString());
    }

    @Test
    void theLocalTimeOfTheInstantDecides() {
        Schedule office = of("Mon-Fri 08:00-19:00", 500);
        assertThat(office.perMille(rome("2026-11-26T07:59:59"), ROME)).isEqualTo(1_000);
        assertThat(office.perMille(rome("2026-11-26T08:00:00"), ROME)).isEqualTo(500);
        assertThat(office.perMille(rome("2026-11-26T18:59:59"), ROME)).isEqualTo(500);
        assertThat(office.perMille(rome("2026-11-26T19:00:00"), ROME)).isEqualTo(1_000);
        assertThat(office.perMille(rome("2026-11-28T12:00:00"), ROME)).isEqualTo(1_000);
        assertThat(office.perMille(micros("2026-11-26T07:30:00Z"), ROME)).isEqualTo(500);
        assertThat(office.perMille(micros("2026-11-26T07:30:00Z"), ZoneOffset.UTC))
                .isEqualTo(1_000);
    }

    @Test
    void hoursThatPassMidnightBelongToTheDayTheyBeginOn() {
        Schedule night = of("Fri 22:00-06:00", 2_000);
        assertThat(night.perMille(rome("2026-11-27T21:59:00"), ROME)).isEqualTo(1_000);
        assertThat(night.perMille(rome("2026-11-27T22:00:00"), ROME)).isEqualTo(2_000);
        assertThat(night.perMille(rome("2026-11-28T05:59:59"), ROME)).isEqualTo(2_000);
        assertThat(night.perMille(rome("2026-11-28T06:00:00"), ROME)).isEqualTo(1_000);
        assertThat(night.perMille(rome("2026-11-27T03:00:00"), ROME)).isEqualTo(1_000);
    }

    @Test
    void daysMayPassTheEndOfTheWeek() {
        assertThat(Hours.of("Sat-Mon 00:00-24:00").orElseThrow().days())
                .containsExactlyInAnyOrder(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY, DayOfWeek.MONDAY);
        assertThat(Hours.of("Mon,Wed-Thu 08:00-09:00").orElseThrow().days())
                .containsExactlyInAnyOrder(DayOfWeek.MONDAY, DayOfWeek.WEDNESDAY, DayOfWeek.THURSDAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08:00-19:00",
                "Mon 8:00-19:00",
                "Mon 08:00-08:00",
                "Mon 24:00-08:00",
                "Mon 08:00-24:30",
                "Mon 08:00-00:00",
                "Monday 08:00-19:00",
                "mon 08:00-19:00",
                "Mon  08:00-19:00",
                "Mon-Fri, Sun 08:00-19:00",
                ""
            })
    void whatIsNotOfTheFormIsNoHours(String text) {
        assertThat(Hours.of(text)).isEmpty();
    }

    @Test
    void anHourThatIsSkippedIsSkippedAndOneThatComesTwiceCountsTwice() {
        Schedule early = of("Sun 02:30-03:30", 500);
        // Clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
        assertThat(early.perMille(micros("2026-03-29T00:59:59Z"), ROME)).isEqualTo(1_000);
        assertThat(early.perMille(micros("2026-03-29T01:00:00Z"), ROME)).isEqualTo(500);
        assertThat(early.perMille(micros("2026-03-29T01:30:00Z"), ROME)).isEqualTo(1_000);
        Schedule hour = of("Sun 02:30-03:00", 500);
        assertThat(hour.perMille(micros("2026-10-25T00:30:00Z"), ROME)).isEqualTo(500);
        assertThat(hour.perMille(micros("2026-10-25T01:00:00Z"), ROME)).isEqualTo(1_000);
        assertThat(hour.perMille(micros("2026-10-25T01:30:00Z"), ROME)).isEqualTo(500);
        assertThat(hour.perMille(micros("2026-10-25T02:00:00Z"), ROME)).isEqualTo(1_000);
    }

    @Test
    void inBetweenChangesTheFactorDoesNotChangeInAThousandRandomWalksOfSeed7() {
        Random random = new Random(7);
        List<String> days = List.of("Mon", "Tue-Thu", "Fri,Sun", "Sat", "Sun", "Mon-Sun", "Sun-Tue");
        List<ZoneId> zones =
                List.of(ROME, ZoneOffset.UTC, ZoneId.of("America/New_York"), ZoneId.of("Australia/Lord_Howe"));
        for (int i = 0; i < 1_000; i++) {
            ZoneId zone = zones.get(random.nextInt(zones.size()));
            String hours = String.format(
                    "%s %02d:%02d-%02d:%02d",
                    days.get(random.nextInt(days.size())),
                    random.nextInt(24),
                    random.nextInt(60),
                    random.nextInt(24),
                    random.nextInt(60));
            Optional<Hours> read = Hours.of(hours);
            if (read.isEmpty()) {
                continue;
            }
            Schedule schedule = new Schedule(List.of(new Schedule.Part(read.get(), 500)));
            long at = micros("2026-01-01T00:00:00Z") + random.nextLong(365L * 86_400_000_000L);
            long next = schedule.nextChangeMicros(at, zone);
            String walk = hours + " in " + zone + " at " + at;
            assertThat(next).as(walk).isGreaterThan(at);
            for (int j = 0; j < 20; j++) {
                long there = at + random.nextLong(next - at);
                assertThat(schedule.perMille(there, zone)).as(walk).isEqualTo(schedule.perMille(at, zone));
            }
            long last = schedule.lastChangeMicros(at, zone);
            assertThat(last).as(walk).isLessThanOrEqualTo(at);
            if (last > 0) {
                assertThat(schedule.perMille(last, zone)).as(walk).isEqualTo(schedule.perMille(at, zone));
                assertThat(schedule.perMille(last - 1, zone)).as(walk).isNotEqualTo(schedule.perMille(at, zone));
            }
        }
    }

    @Test
    void hoursOverlapWhereSomeMinuteOfTheWeekIsAmongBoth() {
        Random random = new Random(11);
        List<String> days = List.of("Mon", "Tue-Thu", "Fri,Sun", "Sat", "Sun", "Mon-Sun");
        List<Hours> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Hours.of(String.format(
                            "%s %02d:00-%02d:30",
                            days.get(random.nextInt(days.size())), random.nextInt(24), random.nextInt(24)))
                    .ifPresent(all::add);
        }
        for (Hours one : all) {
            for (Hours other : all) {
                assertThat(one.overlap(other)).as(one + " and " + other).isEqualTo(meet(one, other));
            }
        }
    }

    private static boolean meet(Hours one, Hours other) {
        for (DayOfWeek day : DayOfWeek.values()) {
            for (int minute = 0; minute < 1_440; minute++) {
                if (one.cover(day, minute) && other.cover(day, minute)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void theLargestFactorIsOneUnlessMoreIsSaidOrTheWholeWeekIsCovered() {
        assertThat(of("Mon-Fri 08:00-19:00", 500).mostPerMille()).isEqualTo(1_000);
        assertThat(of("Mon-Fri 08:00-19:00", 1_500).mostPerMille()).isEqualTo(1_500);
        assertThat(of("Mon-Sun 00:00-24:00", 500).mostPerMille()).isEqualTo(500);
        Schedule both = new Schedule(List.of(part("Mon-Sun 06:00-18:00", 500), part("Mon-Sun 18:00-06:00", 750)));
        assertThat(both.mostPerMille()).isEqualTo(750);
    }
}
