package io.atlas.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitTest {
    private static final Place.OfTenant ACME = new Place.OfTenant("acme");
    private static final Narrowing LARGE = new Narrowing.ToModel("large");
    private static final Narrowing EXPERT = new Narrowing.ToClass("expert");

    @Test
    void theIdIsThePathTheKindThePeriodAndTheNarrowing() {
        Place search = new Place.OfTeam("acme", "search");
        assertThat(id(search, Kind.TOKENS, Period.DAY, LARGE)).isEqualTo("acme/search:tokens/day@large");
        assertThat(id(ACME, Kind.INPUT_TOKENS, Period.WEEK, EXPERT)).isEqualTo("acme:inputTokens/week#expert");
        assertThat(id(new Place.OfGateway(), Kind.COST, Period.MONTH, new Narrowing.Whole()))
                .isEqualTo("gateway:cost/month");
        assertThat(Limit.of(new Place.OfModel("small"), LimitSpec.concurrent(200), ZoneOffset.UTC)
                        .id())
                .isEqualTo("model/small:concurrent");
    }

    @Test
    void theAmountIsNoPartOfTheId() {
        assertThat(Limits.limit(Kind.TOKENS, Period.DAY, 1).id())
                .isEqualTo(Limits.limit(Kind.TOKENS, Period.DAY, 2).id());
    }

    @Test
    void aTenantsOwnLimitReplacesThatOfItsTierOfTheSameSortOnly() {
        List<LimitSpec> tier = List.of(
                spec(Kind.REQUESTS, Period.MINUTE, 300, new Narrowing.Whole()),
                spec(Kind.TOKENS, Period.MINUTE, 100_000, new Narrowing.Whole()),
                spec(Kind.TOKENS, Period.DAY, 500_000, new Narrowing.Whole()),
                spec(Kind.TOKENS, Period.DAY, 50_000, LARGE));
        List<LimitSpec> own = List.of(
                spec(Kind.TOKENS, Period.DAY, 800_000, new Narrowing.Whole()),
                spec(Kind.TOKENS, Period.DAY, 70_000, EXPERT));

        assertThat(Limit.ofTenant(ACME, tier, own, ZoneOffset.UTC))
                .extracting(Limit::id, Limit::from, limit -> limit.spec().amount())
                .containsExactly(
                        tuple("acme:requests/minute", "tier", 300L),
                        tuple("acme:tokens/minute", "tier", 100_000L),
                        tuple("acme:tokens/day@large", "tier", 50_000L),
                        tuple("acme:tokens/day", "tenant", 800_000L),
                        tuple("acme:tokens/day#expert", "tenant", 70_000L));
    }

    @Test
    void aNarrowedLimitCountsWhatItNamesOnly() {
        assertThat(new Narrowing.Whole().covers("any", "any")).isTrue();
        assertThat(LARGE.covers("large", "basic")).isTrue();
        assertThat(LARGE.covers("Large", "large")).isFalse();
        assertThat(EXPERT.covers("expert", "basic")).isFalse();
        assertThat(EXPERT.covers("any", "expert")).isTrue();
    }

    @Test
    void onlyRequestsAtOnceHaveNoPeriod() {
        assertThatThrownBy(() -> new LimitSpec(Kind.TOKENS, Optional.empty(), 1, 1, LARGE, 20))
                .hasMessage("per: Optional.empty (expected: one for every kind but concurrent)");
        assertThatThrownBy(() -> LimitSpec.of(Kind.CONCURRENT, Period.DAY, 1))
                .hasMessage("per: Optional[DAY] (expected: one for every kind but concurrent)");
    }

    @Test
    void amountsHaveTheirRange() {
        assertThatThrownBy(() -> LimitSpec.of(Kind.TOKENS, Period.DAY, 0))
                .hasMessage("amount: 0 (expected: 1 to 9000000000000000)");
        assertThat(LimitSpec.of(Kind.COST, Period.DAY, Money.MAX_NANO_USD).capacity())
                .isEqualTo(Money.MAX_NANO_USD);
    }

    @Test
    void aShortPeriodLeaksAndALongOneFollowsTheCalendar() {
        for (Period per : Period.values()) {
            LimitSpec spec = LimitSpec.of(Kind.TOKENS, per, 1);
            boolean isShort = List.of(Period.SECOND, Period.MINUTE, Period.HOUR).contains(per);
            assertThat(spec.leaks()).as(per.word()).isEqualTo(isShort);
            assertThat(spec.calendar()).as(per.word()).isNotEqualTo(isShort);
            assertThat(Meter.of(Limit.of(Limits.TENANT, spec, ZoneOffset.UTC)))
                    .isInstanceOf(isShort ? TokenBucket.class : CalendarWindow.class);
        }
        assertThat(Meter.of(Limit.of(Limits.TENANT, LimitSpec.concurrent(1), ZoneOffset.UTC)))
                .isInstanceOf(Slots.class);
    }

    @Test
    void aKindIsFoundByItsWordAndByNoOther() {
        for (Kind kind : Kind.values()) {
            assertThat(Kind.of(kind.word())).contains(kind);
        }
        assertThat(Kind.of("Tokens")).isEmpty();
    }

    private static LimitSpec spec(Kind kind, Period per, long amount, Narrowing narrowing) {
        return new LimitSpec(kind, Optional.of(per), amount, amount, narrowing, 20);
    }

    @Test
    void theModeIsNoPartOfTheId() {
        LimitSpec spec = LimitSpec.of(Kind.TOKENS, Period.DAY, 5);

        assertThat(spec.in(LimitSpec.Mode.SHADOW).sort()).isEqualTo(spec.sort());
        assertThat(Limit.ofTenant(
                        new Place.OfTenant("acme"),
                        List.of(spec),
                        List.of(spec.in(LimitSpec.Mode.SHADOW)),
                        ZoneOffset.UTC))
                .extracting(limit -> limit.spec().mode())
                .containsExactly(LimitSpec.Mode.SHADOW);
    }

    private static String id(Place place, Kind kind, Period per, Narrowing narrowing) {
        return Limit.of(place, spec(kind, per, 1, narrowing), ZoneOffset.UTC).id();
    }
}
