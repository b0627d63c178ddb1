package io.atlas.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.elasticity.Hours;
import io.atlas.kernel.elasticity.Schedule;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.unit.Period;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How long a rate that follows a schedule says to wait, over the hours at which it says something else. */
final class ScheduledWaitTest {
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final long WEEK_MICROS = 7 * 86_400_000_000L;

    private static Limit limit(Period per, long amount, Schedule schedule) {
        LimitSpec spec = LimitSpec.of(Kind.INPUT_TOKENS, per, amount)
                .changing(new Elasticity(amount, amount, Optional.of(schedule), Optional.empty()));
        return Limit.of(new Place.OfTenant("acme"), spec, ROME);
    }

    private static Schedule.Part part(String hours, int perMille) {
        return new Schedule.Part(Hours.of(hours).orElseThrow(), perMille);
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }

    @Test
    void whoWaitsAsLongAsHeIsToldFitsInAThousandRandomSchedulesOfSeed13() {
        Random random = new Random(13);
        for (int i = 0; i < 1_000; i++) {
            Limit declared = limit(
                    random.nextBoolean() ? Period.HOUR : Period.MINUTE, 1 + random.nextInt(1_000), schedule(random));
            long now = micros("2026-03-20T00:00:00Z") + random.nextLong(2 * WEEK_MICROS);
            Meter meter = Meter.of(declared.saying(declared.spec().at(now, ROME)));
            long level = random.nextLong(3 * declared.spec().amount());
            meter.seed(level, now);
            long wanted = 1 + random.nextLong(meter.limit().spec().utmost());
            Demand demand = new Demand(wanted, 0, 0);
            Optional<Refused> refused = Quota.refusal(List.of(meter), demand, now);
            String walk = "case " + i + ": " + declared + " at " + now + ", " + level + " and " + wanted;
            if (refused.isPresent()) {
                assertThat(refused.get().reason()).as(walk).isEqualTo(Reason.RATE_LIMIT_EXCEEDED);
                long then = now + refused.get().waitMicros();
                pass(meter, declared, now, then);
                assertThat(Quota.refusal(List.of(meter), demand, then)).as(walk).isEmpty();
            }
        }
    }

    /** Time goes by, and at every hour the limit says what it says then. */
    private static void pass(Meter meter, Limit declared, long fromMicros, long tillMicros) {
        Schedule schedule =
                declared.spec().elasticity().orElseThrow().schedule().orElseThrow();
        for (long at = fromMicros; at <= tillMicros; at = schedule.nextChangeMicros(at, ROME)) {
            meter.become(declared.saying(declared.spec().at(at, ROME)), at);
        }
    }

    private static Schedule schedule(Random random) {
        List<Schedule.Part> parts = new ArrayList<>();
        int hour = 0;
        for (int i = 0; i < 3; i++) {
            int from = hour + random.nextInt(4);
            int to = from + 1 + random.nextInt(4);
            parts.add(part(
                    String.format("%s %02d:00-%02d:00", random.nextBoolean() ? "Mon-Sun" : "Mon,Wed,Sun", from, to),
                    1 + random.nextInt(3_000)));
            hour = to;
        }
        return new Schedule(parts);
    }

    @Test
    void whatFitsAtAnotherHourIsToWaitForItAndWhatFitsAtNoneIsTooLarge() {
        Limit declared = limit(Period.MINUTE, 100, new Schedule(List.of(part("Mon-Fri 08:00-19:00", 500))));
        long at = micros("2026-11-26T17:00:00Z");
        Meter meter = Meter.of(declared.saying(declared.spec().at(at, ROME)));

        Refused evening =
                Quota.refusal(List.of(meter), new Demand(80, 0, 0), at).orElseThrow();
        assertThat(evening.reason()).isEqualTo(Reason.RATE_LIMIT_EXCEEDED);
        assertThat(evening.waitMicros()).isEqualTo(Period.HOUR.micros());
        Refused never = Quota.refusal(List.of(meter), new Demand(101, 0, 0), at).orElseThrow();
        assertThat(never.reason()).isEqualTo(Reason.REQUEST_EXCEEDS_LIMIT);
    }

    @Test
    void whatWasUsedAtAnotherHourIsNoDebt() {
        Limit declared = limit(Period.MINUTE, 100, new Schedule(List.of(part("Mon-Fri 08:00-19:00", 500))));
        long at = micros("2026-11-26T07:00:00Z");
        Meter meter = Meter.of(declared);
        meter.seed(100, at - 1);
        meter.become(declared.saying(declared.spec().at(at, ROME)), at);
        LimitSpec now = meter.limit().spec();
        assertThat(now.amount()).isEqualTo(50);
        assertThat(meter.level(at).debt(now)).isZero();
        assertThat(new Level(120, 0, at).debt(now)).isEqualTo(20);
    }
}
