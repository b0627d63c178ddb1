package io.atlas.kernel.quota;

import static io.atlas.kernel.quota.Limits.meter;
import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Verdict.Granted;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.unit.Period;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {
    private static final long NOON = 1_795_176_000_000_000L;
    private static final long HALF_A_DAY = 43_200_000_000L;
    private static final long TTL = 60_000_000;
    private static final Demand DEMAND = new Demand(100, 50, 1_000);

    @Test
    void everyKindTakesItsOwnPartOfTheDemand() {
        List<Meter> path = List.of(
                meter(LimitSpec.of(Kind.REQUESTS, Period.DAY, 10)),
                meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000)),
                meter(LimitSpec.of(Kind.INPUT_TOKENS, Period.DAY, 1_000)),
                meter(LimitSpec.of(Kind.OUTPUT_TOKENS, Period.DAY, 1_000)),
                meter(LimitSpec.of(Kind.COST, Period.DAY, 10_000)),
                meter(LimitSpec.concurrent(3)));

        Reservation reservation = granted(Quota.reserve("r", path, DEMAND, NOON, TTL));

        assertThat(reservation.taken())
                .extracting(taken -> taken.after().held())
                .containsExactly(1L, 150L, 100L, 50L, 1_000L, 1L);
        Quota.settle(reservation, new Demand(90, 10, 700), NOON);
        assertThat(path).extracting(meter -> at(meter, NOON).used()).containsExactly(1L, 100L, 90L, 10L, 700L, 0L);
        assertThat(path).extracting(meter -> at(meter, NOON).held()).containsOnly(0L);
    }

    @Test
    void theLastOfFiveLevelsRefusesAndNothingIsWritten() {
        List<Meter> path = List.of(
                meter(new Place.OfGateway(), LimitSpec.of(Kind.COST, Period.MONTH, 1_000_000)),
                meter(new Place.OfTenant("acme"), LimitSpec.of(Kind.TOKENS, Period.MINUTE, 10_000)),
                meter(new Place.OfTeam("acme", "search"), LimitSpec.concurrent(8)),
                meter(
                        new Place.OfUser("acme", Optional.of("search"), "ada"),
                        LimitSpec.of(Kind.REQUESTS, Period.DAY, 9)),
                meter(
                        new Place.OfKey("acme", Optional.of("search"), "ci"),
                        LimitSpec.of(Kind.TOKENS, Period.DAY, 200)));
        granted(Quota.reserve("first", path, DEMAND, NOON, TTL));
        List<Level> before = levels(path, NOON);

        Refused refused = refused(Quota.reserve("second", path, DEMAND, NOON, TTL));

        assertThat(refused.shortfalls())
                .extracting(one -> one.limit().id())
                .containsExactly("acme/search/keys/ci:tokens/day");
        assertThat(levels(path, NOON)).isEqualTo(before);
    }

    @Test
    void askingHoldsNothing() {
        List<Meter> path = List.of(meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 200)));

        assertThat(Quota.refusal(path, DEMAND, NOON)).isEmpty();
        assertThat(Quota.refusal(path, DEMAND, NOON)).isEmpty();
        assertThat(at(path.getFirst(), NOON).held()).isZero();
    }

    @Test
    void aLimitInShadowCountsEverythingAndRefusesNothing() {
        Meter day = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 200).in(LimitSpec.Mode.SHADOW));
        Meter rate = meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 200).in(LimitSpec.Mode.SHADOW));
        Meter slots = meter(LimitSpec.concurrent(1).in(LimitSpec.Mode.SHADOW));
        List<Meter> path = List.of(day, rate, slots);

        Reservation first = granted(Quota.reserve("first", path, DEMAND, NOON, TTL));
        Reservation second = granted(Quota.reserve("second", path, DEMAND, NOON, TTL));

        assertThat(reasons(first)).containsOnly(Optional.empty());
        assertThat(reasons(second))
                .containsExactly(
                        Optional.of(Reason.QUOTA_RESERVED),
                        Optional.of(Reason.RATE_LIMIT_EXCEEDED),
                        Optional.of(Reason.CONCURRENCY_EXCEEDED));
        Quota.settle(first, DEMAND, NOON);
        Quota.settle(second, DEMAND, NOON);
        assertThat(Quota.refusal(path, DEMAND, NOON)).isEmpty();
        assertThat(List.of(day, rate))
                .extracting(meter -> at(meter, NOON).used())
                .containsOnly(300L);
        assertThat(at(day, NOON).remaining(day.spec())).isZero();
        assertThat(at(day, NOON).debt(day.spec())).isZero();
        assertThat(reasons(granted(Quota.reserve("third", path, DEMAND, NOON, TTL)))
                        .getFirst())
                .contains(Reason.QUOTA_EXHAUSTED);
    }

    @Test
    void aRefusalNamesNoLimitInShadow() {
        Meter shadow = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 10).in(LimitSpec.Mode.SHADOW));
        Meter enforced = meter(LimitSpec.of(Kind.COST, Period.DAY, 900));
        List<Meter> path = List.of(shadow, enforced);

        Refused refused = refused(Quota.reserve("r", path, DEMAND, NOON, TTL));

        assertThat(refused.shortfalls()).extracting(Shortfall::limit).containsExactly(enforced.limit());
        assertThat(at(shadow, NOON).held()).isZero();
    }

    @Test
    void aLimitThatIsEnforcedAtLastHasCountedAll() {
        Meter day = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 200).in(LimitSpec.Mode.SHADOW));
        List<Meter> path = List.of(day);
        Quota.settle(granted(Quota.reserve("r", path, DEMAND, NOON, TTL)), DEMAND, NOON);
        Limit before = day.limit();

        day.become(
                new Limit(
                        before.id(),
                        before.place(),
                        before.from(),
                        before.spec().in(LimitSpec.Mode.ENFORCED),
                        before.zone()),
                NOON);

        assertThat(refused(Quota.reserve("s", path, DEMAND, NOON, TTL)).reason())
                .isEqualTo(Reason.QUOTA_EXHAUSTED);
    }

    private static List<Optional<Reason>> reasons(Reservation reservation) {
        return reservation.taken().stream()
                .map(taken -> Quota.unenforced(
                        taken, reservation.demand().of(taken.limit().spec().kind())))
                .toList();
    }

    @Test
    void theReasonsStandInTheContractsOrder() {
        Meter slots = meter(LimitSpec.concurrent(1));
        Meter rate = meter(LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 1));
        Meter reserved = meter(LimitSpec.of(Kind.OUTPUT_TOKENS, Period.DAY, 60));
        Meter quota = meter(LimitSpec.of(Kind.INPUT_TOKENS, Period.DAY, 120));
        Meter budget = meter(LimitSpec.of(Kind.COST, Period.MONTH, 1_500));
        Meter never = meter(LimitSpec.of(Kind.TOKENS, Period.YEAR, 149));
        granted(Quota.reserve("open", List.of(slots, rate, reserved), DEMAND, NOON, TTL));
        Quota.settle(granted(Quota.reserve("done", List.of(quota, budget), DEMAND, NOON, TTL)), DEMAND, NOON);

        Refused refused =
                refused(Quota.reserve("r", List.of(slots, rate, reserved, quota, budget, never), DEMAND, NOON, TTL));

        assertThat(refused.reason()).isEqualTo(Reason.REQUEST_EXCEEDS_LIMIT);
        assertThat(refused.shortfalls())
                .extracting(Shortfall::reason)
                .containsExactly(
                        Reason.REQUEST_EXCEEDS_LIMIT,
                        Reason.BUDGET_EXHAUSTED,
                        Reason.QUOTA_EXHAUSTED,
                        Reason.QUOTA_RESERVED,
                        Reason.RATE_LIMIT_EXCEEDED,
                        Reason.CONCURRENCY_EXCEEDED);
    }

    @Test
    void whatOnlyOpenRequestsHoldIsReservedAndWhatIsSpentIsExhausted() {
        Meter budget = meter(LimitSpec.of(Kind.COST, Period.MONTH, 1_500));
        List<Meter> path = List.of(budget);
        Reservation open = granted(Quota.reserve("open", path, DEMAND, NOON, TTL));
        assertThat(refused(Quota.reserve("r", path, DEMAND, NOON, TTL)).reason())
                .isEqualTo(Reason.QUOTA_RESERVED);

        Quota.settle(open, new Demand(100, 50, 500), NOON);
        Reservation again = granted(Quota.reserve("again", path, DEMAND, NOON, TTL));
        Quota.settle(again, new Demand(100, 50, 1), NOON);
        assertThat(refused(Quota.reserve("r", path, DEMAND, NOON, TTL)).reason())
                .isEqualTo(Reason.BUDGET_EXHAUSTED);
    }

    @Test
    void theWholeLimitFitsAndOneMoreNeverDoes() {
        List<Meter> path = List.of(meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 150)));
        Quota.release(granted(Quota.reserve("r", path, DEMAND, NOON, TTL)), NOON);

        Refused refused = refused(Quota.reserve("r", path, new Demand(101, 50, 0), NOON, TTL));

        assertThat(refused.reason()).isEqualTo(Reason.REQUEST_EXCEEDS_LIMIT);
        assertThat(refused.waitMicros()).isZero();
    }

    @Test
    void whatABucketCanEverTakeIsItsBurst() {
        LimitSpec burst = new LimitSpec(Kind.TOKENS, Optional.of(Period.MINUTE), 100, 150, new Narrowing.Whole(), 20);
        granted(Quota.reserve("r", List.of(meter(burst)), DEMAND, NOON, TTL));
        LimitSpec less = new LimitSpec(Kind.TOKENS, Optional.of(Period.MINUTE), 1_000, 149, new Narrowing.Whole(), 20);
        assertThat(refused(Quota.reserve("r", List.of(meter(less)), DEMAND, NOON, TTL))
                        .reason())
                .isEqualTo(Reason.REQUEST_EXCEEDS_LIMIT);
    }

    @Test
    void theWaitIsTheLongestOfAllAndExact() {
        Meter minute = meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 150));
        Meter hour = meter(LimitSpec.of(Kind.TOKENS, Period.HOUR, 170));
        List<Meter> path = List.of(minute, hour);
        Quota.settle(granted(Quota.reserve("first", path, DEMAND, NOON, TTL)), DEMAND, NOON);

        Refused refused = refused(Quota.reserve("r", path, DEMAND, NOON, TTL));

        assertThat(refused.shortfalls())
                .extracting(Shortfall::waitMicros)
                .containsExactly(60_000_000L, Math.ceilDiv(130 * 3_600_000_000L, 170));
        long fits = NOON + refused.waitMicros();
        assertThat(Quota.refusal(path, DEMAND, fits - 1)).isPresent();
        assertThat(Quota.refusal(path, DEMAND, fits)).isEmpty();
    }

    @Test
    void aCalendarLimitIsWaitedForUntilItsWindowEnds() {
        List<Meter> path = List.of(
                meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 200)),
                meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 150)));
        Quota.settle(granted(Quota.reserve("first", path, DEMAND, NOON, TTL)), DEMAND, NOON);

        Refused refused = refused(Quota.reserve("r", path, DEMAND, NOON, TTL));

        assertThat(refused.waitMicros()).isEqualTo(HALF_A_DAY);
        assertThat(Quota.refusal(path, DEMAND, NOON + HALF_A_DAY - 1)).isPresent();
        assertThat(Quota.refusal(path, DEMAND, NOON + HALF_A_DAY)).isEmpty();
    }

    @ParameterizedTest(name = "ended by {0}")
    @ValueSource(strings = {"settle", "release", "expire"})
    void whatHasEndedEndsNoSecondTime(String how) {
        Meter day = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000));
        Reservation one = granted(Quota.reserve("r", List.of(day), DEMAND, NOON, TTL));
        granted(Quota.reserve("other", List.of(day), DEMAND, NOON, TTL));
        assertThat(ended(how, one)).isTrue();
        Level after = at(day, NOON);

        assertThat(List.of(ended("settle", one), ended("release", one), ended("expire", one)))
                .containsOnly(false);
        assertThat(at(day, NOON)).isEqualTo(after);
        assertThat(after.held()).isEqualTo(150);
        assertThat(one.open()).isFalse();
    }

    @Test
    void aReleasedRequestCountsAsNeverMade() {
        List<Meter> path = List.of(
                meter(LimitSpec.of(Kind.REQUESTS, Period.DAY, 1)),
                meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 150)),
                meter(LimitSpec.concurrent(1)));
        List<Level> before = levels(path, NOON);
        Quota.release(granted(Quota.reserve("r", path, DEMAND, NOON, TTL)), NOON);
        assertThat(levels(path, NOON)).isEqualTo(before);
    }

    @Test
    void nothingExpiresBeforeItsTimeAndAnExtensionMovesIt() {
        Meter day = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000));
        Reservation one = granted(Quota.reserve("r", List.of(day), DEMAND, NOON, TTL));
        assertThat(Quota.expire(one, Optional.empty(), NOON + TTL - 1)).isFalse();

        Quota.extend(one, NOON + 2 * TTL);
        Quota.extend(one, NOON + TTL);
        assertThat(Quota.expire(one, Optional.empty(), NOON + 2 * TTL - 1)).isFalse();
        assertThat(at(day, NOON).held()).isEqualTo(150);

        assertThat(Quota.expire(one, Optional.of(new Demand(100, 7, 0)), NOON + 2 * TTL))
                .isTrue();
        assertThat(at(day, NOON)).extracting(Level::used, Level::held).containsExactly(107L, 0L);
    }

    @Test
    void whatWasTakenShowsTheLevelBeforeAndAfter() {
        Meter day = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000));
        granted(Quota.reserve("first", List.of(day), DEMAND, NOON, TTL));
        Reservation second = granted(Quota.reserve("second", List.of(day), DEMAND, NOON, TTL));

        Reservation.Taken taken = second.taken().getFirst();
        assertThat(taken.before()).isEqualTo(new Level(0, 150, NOON + HALF_A_DAY));
        assertThat(taken.after()).isEqualTo(new Level(0, 300, NOON + HALF_A_DAY));
    }

    @Test
    void whatWasTakenIsShownUnderTheLimitAsItWasThen() {
        Meter minute = meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 600));
        Limit limit = minute.limit();
        Reservation reservation = granted(Quota.reserve("r", List.of(minute), DEMAND, NOON, TTL));

        minute.become(limit.saying(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 6)), NOON);
        Quota.settle(reservation, DEMAND, NOON);

        Reservation.Taken taken = reservation.taken().getFirst();
        assertThat(taken.limit()).isEqualTo(limit);
        assertThat(taken.before()).isEqualTo(new Level(0, 0, NOON));
        assertThat(taken.after()).isEqualTo(new Level(0, 150, NOON + 15_000_000));
    }

    private static boolean ended(String how, Reservation reservation) {
        return switch (how) {
            case "settle" -> Quota.settle(reservation, DEMAND, NOON);
            case "release" -> Quota.release(reservation, NOON);
            default -> Quota.expire(reservation, Optional.of(DEMAND), NOON + TTL);
        };
    }

    private static Reservation granted(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Granted.class);
        return ((Granted) verdict).reservation();
    }

    private static Refused refused(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Refused.class);
        return (Refused) verdict;
    }

    private static Level at(Meter meter, long nowMicros) {
        return meter.level(nowMicros);
    }

    private static List<Level> levels(List<Meter> path, long nowMicros) {
        return path.stream().map(meter -> at(meter, nowMicros)).toList();
    }
}
