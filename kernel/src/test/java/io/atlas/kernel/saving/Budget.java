package io.atlas.kernel.saving;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.route.Ladder;
import io.atlas.kernel.route.Offer;
import io.atlas.kernel.route.Rung;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Shortage;
import io.atlas.kernel.route.Spending;
import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import java.util.List;

/** What one tenant may spend in a day by its tier, and what stands in for that once it is used up. */
final class Budget {
    private static final Reservation NOTHING = Reservation.elsewhere("", new Demand(0, 0, 0), List.of(), 0);
    private static final long HOUR = 3_600_000_000L;

    private final List<Saving> whenLow;
    private final Meter daily;
    private final Meter standIn;
    private Spending spending = Spending.FREELY;

    /** How a request is served. */
    enum Way {
        AS_ASKED,
        LIGHTER,
        STANDING_IN,
        /** What is left is held by those that are on their way. */
        NOT_YET,
        NOT
    }

    /** What becomes of a request; what it holds is of the budget. */
    record Answer(Way way, Rung rung, Reservation held) {}

    Budget(String tenant, List<Saving> whenLow, long nanoUsd, long standInTokens) {
        LimitSpec cost = LimitSpec.of(Kind.COST, Period.DAY, Math.max(1, nanoUsd));
        LimitSpec tokens = LimitSpec.of(Kind.TOKENS, Period.DAY, Math.max(1, standInTokens));
        this.whenLow = whenLow;
        this.daily = Meter.of(Limit.ofTenant(new Place.OfTenant(tenant), List.of(cost), List.of(), ZoneOffset.UTC)
                .getFirst());
        this.standIn = Meter.of(Limit.ofStandIn(new Place.OfStandIn(tenant), List.of(tokens), ZoneOffset.UTC)
                .getFirst());
    }

    /** So much of it was spent before. */
    void spent(int percent) {
        daily.seed(daily.limit().spec().share(percent), 0);
    }

    /** A request, at the model that it asks for and at those of its chain; the last stands in when all is used up. */
    Answer ask(String id, List<Rung> chain, long nowMicros) {
        Verdict last = new Verdict.Refused(Reason.QUOTA_EXHAUSTED, List.of(), 0);
        for (Offer offer : Ladder.offers(whenLow, chain, List.of(), shortages(chain.getFirst(), nowMicros))) {
            Rung rung = chain.get(offer.rung());
            last = Quota.reserve(id, List.of(daily), demand(rung, rung.outputTokens()), nowMicros, HOUR);
            if (last instanceof Verdict.Granted granted) {
                return new Answer(offer.rung() == 0 ? Way.AS_ASKED : Way.LIGHTER, rung, granted.reservation());
            }
        }
        Rung rung = chain.getLast();
        if (last instanceof Verdict.Refused refused && refused.reason() == Reason.QUOTA_RESERVED) {
            return new Answer(Way.NOT_YET, rung, NOTHING);
        }
        return Quota.reserve(id, List.of(standIn), demand(rung, rung.outputTokens()), nowMicros, HOUR)
                        instanceof Verdict.Granted granted
                ? new Answer(Way.STANDING_IN, rung, granted.reservation())
                : new Answer(Way.NOT, rung, NOTHING);
    }

    private List<Shortage> shortages(Rung asked, long nowMicros) {
        Level level = daily.level(nowMicros);
        LimitSpec spec = daily.limit().spec();
        spending = spending.next(spec, level, spec.lowWater());
        boolean fits = demand(asked, asked.outputTokens()).nanoUsd() <= level.remaining(spec);
        return spending == Spending.SAVING || !fits ? List.of(new Shortage(daily.limit(), level)) : List.of();
    }

    static Demand demand(Rung rung, long outputTokens) {
        return new Demand(
                rung.inputTokens(), outputTokens, rung.price().ceilingNanoUsd(rung.inputTokens(), outputTokens));
    }
}
