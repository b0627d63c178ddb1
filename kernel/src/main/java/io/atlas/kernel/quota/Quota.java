package io.atlas.kernel.quota;

import io.atlas.kernel.elasticity.Drain;
import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.quota.Verdict.Granted;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reserve, extend, settle, release (the design's void), expire: the whole life of what a request holds. The shape is that of a two-phase
 * transfer and of Diameter credit control (RFC 8506). Each step is a function of the counters, the command and the time; the caller
 * holds the lock that makes it atomic.
 */
public final class Quota {
    private Quota() {}

    /**
     * Holds the demand on every meter, or on none.
     *
     * @param ttlMicros after which time without {@link #extend} the owner counts as dead
     */
    public static Verdict reserve(String id, List<Meter> path, Demand demand, long nowMicros, long ttlMicros) {
        if (!fits(path, demand, nowMicros)) {
            Optional<Refused> refused = refusal(path, demand, nowMicros);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        List<Meter.Hold> holds = new ArrayList<>(path.size());
        for (Meter meter : path) {
            holds.add(meter.take(demand.of(meter.spec().kind()), nowMicros));
        }
        return new Granted(new Reservation(id, demand, new Reservation.Held(path, holds), nowMicros + ttlMicros));
    }

    /**
     * Whether all of it fits as the meters were left. No meter's answer waits for another's: where they are too many for
     * the processor's cache it fetches them side by side, and the steps after this one find them there. The narrowest
     * comes first, as it was asked for the longest ago: what is nearer passes while it is fetched.
     */
    private static boolean fits(List<Meter> path, Demand demand, long nowMicros) {
        boolean fits = true;
        for (int i = path.size() - 1; i >= 0; i--) {
            Meter meter = path.get(i);
            fits &= !meter.spec().enforced()
                    || meter.fits(demand.of(meter.spec().kind()), nowMicros);
        }
        return fits;
    }

    /** Why the demand would be refused now, if it would; nothing is held. */
    public static Optional<Refused> refusal(List<Meter> path, Demand demand, long nowMicros) {
        List<Shortfall> shortfalls = new ArrayList<>();
        for (Meter meter : path) {
            shortfall(meter, meter.limit(), demand, nowMicros).ifPresent(shortfalls::add);
        }
        return refused(shortfalls);
    }

    /**
     * Why the demand would be refused now if the limits were as they are wished, of the same ids as those of the meters.
     *
     * @param wished one for each meter
     */
    public static Optional<Refused> refusal(List<Meter> path, List<Limit> wished, Demand demand, long nowMicros) {
        List<Shortfall> shortfalls = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            shortfall(path.get(i), wished.get(i), demand, nowMicros).ifPresent(shortfalls::add);
        }
        return refused(shortfalls);
    }

    private static Optional<Shortfall> shortfall(Meter meter, Limit limit, Demand demand, long nowMicros) {
        LimitSpec spec = limit.spec();
        if (!spec.enforced()) {
            return Optional.empty();
        }
        long requested = demand.of(spec.kind());
        boolean never = requested > spec.utmost();
        long wait = never ? 0 : waitMicros(meter, limit, requested, nowMicros);
        if (!never && wait == 0) {
            return Optional.empty();
        }
        Level level = meter.level(spec, nowMicros);
        return Optional.of(new Shortfall(limit, level, requested, reason(limit, level, requested), wait));
    }

    /** The time until the amount fits, if nothing else is charged; 0 where it fits now. */
    private static long waitMicros(Meter meter, Limit limit, long amount, long nowMicros) {
        LimitSpec spec = limit.spec();
        Optional<Elasticity> scheduled =
                spec.elasticity().filter(how -> how.schedule().isPresent());
        long wait = amount <= spec.capacity() ? meter.waitMicros(spec, amount, nowMicros) : Long.MAX_VALUE;
        if (wait == 0 || scheduled.isEmpty()) {
            return wait;
        }
        Elasticity how = scheduled.orElseThrow();
        long change = how.schedule().orElseThrow().nextChangeMicros(nowMicros, limit.zone());
        if (wait < change - nowMicros) {
            return wait;
        }
        Level level = meter.level(spec, nowMicros);
        long period = spec.per().orElseThrow().micros();
        return new Drain(how, limit.zone(), level.used() + level.held(), amount, spec.amount(), period)
                .waitMicros(nowMicros);
    }

    private static Optional<Refused> refused(List<Shortfall> shortfalls) {
        if (shortfalls.isEmpty()) {
            return Optional.empty();
        }
        shortfalls.sort(Comparator.comparing(Shortfall::reason));
        long longest =
                shortfalls.stream().mapToLong(Shortfall::waitMicros).max().orElse(0);
        return Optional.of(new Refused(shortfalls.getFirst().reason(), List.copyOf(shortfalls), longest));
    }

    /** Why a limit in shadow would have refused the amount that was taken of it, if it would. */
    public static Optional<Reason> unenforced(Reservation.Taken taken, long requested) {
        LimitSpec spec = taken.limit().spec();
        if (spec.enforced()) {
            return Optional.empty();
        }
        Level before = taken.before();
        boolean fits = before.used() + before.held() + requested <= spec.capacity();
        return fits ? Optional.empty() : Optional.of(reason(taken.limit(), before, requested));
    }

    /** Says that the owner is alive: the reservation does not expire before that moment. */
    public static void extend(Reservation reservation, long expiresAtMicros) {
        reservation.extendTo(expiresAtMicros);
    }

    /** Charges what was really used and frees the rest; says whether this call did it. */
    public static boolean settle(Reservation reservation, Demand actual, long nowMicros) {
        return end(reservation, Optional.of(actual), nowMicros);
    }

    /** Gives back everything: the request counts as never made. */
    public static boolean release(Reservation reservation, long nowMicros) {
        return end(reservation, Optional.empty(), nowMicros);
    }

    /** Ends a reservation whose owner is dead by what it was last seen to have used; does nothing before its time. */
    public static boolean expire(Reservation reservation, Optional<Demand> lastSeen, long nowMicros) {
        return nowMicros >= reservation.expiresAtMicros() && end(reservation, lastSeen, nowMicros);
    }

    private static boolean end(Reservation reservation, Optional<Demand> actual, long nowMicros) {
        if (!reservation.open()) {
            return false;
        }
        reservation.end(actual, nowMicros);
        return true;
    }

    /** The reasons stand in the enum in the order in which the contract ranks them. */
    private static Reason reason(Limit limit, Level level, long requested) {
        LimitSpec spec = limit.spec();
        if (requested > spec.utmost()) {
            return Reason.REQUEST_EXCEEDS_LIMIT;
        }
        if (spec.kind() == Kind.CONCURRENT) {
            return Reason.CONCURRENCY_EXCEEDED;
        }
        if (spec.leaks()) {
            return Reason.RATE_LIMIT_EXCEEDED;
        }
        if (level.used() + requested <= spec.amount()) {
            return Reason.QUOTA_RESERVED;
        }
        return spec.kind() == Kind.COST ? Reason.BUDGET_EXHAUSTED : Reason.QUOTA_EXHAUSTED;
    }
}
