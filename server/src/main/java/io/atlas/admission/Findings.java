package io.atlas.admission;

import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Step.Cause;
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.kernel.receipt.Step.Unenforced;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.route.Shortage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Notes on the trail what was decided of a request: its sizes, how it is served otherwise than asked, and by what limits. */
final class Findings {
    private final Services services;
    private final Trail trail;

    Findings(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** The request is held so. */
    void held(Candidates candidates, Candidate served, Reservation reservation) {
        long after = decided();
        trail.holds(reservation);
        trail.may(served.asking());
        trail.sized(served.sizes());
        trail.step(estimated(served.sizes(), after));
        candidates
                .cause()
                .map(Findings::cause)
                .ifPresent(cause ->
                        served.moves().forEach(move -> trail.step(step(move, candidates, served, cause, after))));
        trail.step(new Step.Reserved(after, lines(reservation)));
        List<Unenforced> shadowed = shadowed(reservation);
        if (!shadowed.isEmpty()) {
            trail.step(new Step.Shadowed(after, shadowed));
        }
    }

    /** It is held anew, for a model that stands in. */
    void heldAnew(Candidate served, Reservation reservation) {
        long after = trail.afterMicros(services.time().nanos());
        trail.holds(reservation);
        trail.may(served.asking());
        trail.sized(served.sizes());
        trail.step(estimated(served.sizes(), after));
        trail.step(new Step.Reserved(after, lines(reservation)));
    }

    /** A model that was to stand in has no room for it on its limits. */
    void doesNotFit(Candidate standIn, Refused refused) {
        long after = trail.afterMicros(services.time().nanos());
        trail.step(estimated(standIn.sizes(), after));
        trail.step(new Step.Refused(after, refused.reason(), lines(refused)));
    }

    /** Limits stand in for those of its tier that have these sorts, which are used up. */
    void standsIn(List<String> instead) {
        trail.step(new Step.StoodIn(trail.afterMicros(services.time().nanos()), instead));
    }

    /** The request is refused so. */
    void refused(Candidate asked, Refused refused) {
        long after = decided();
        trail.refused(asked.sizes().demand(asked.asking().model()).nanoUsd());
        trail.sized(asked.sizes());
        trail.step(estimated(asked.sizes(), after));
        trail.step(new Step.Refused(after, refused.reason(), lines(refused)));
    }

    private long decided() {
        long nanos = services.time().nanos();
        trail.times().quotaCheck = nanos - trail.times().quotaCheck;
        return trail.afterMicros(nanos);
    }

    private static Cause cause(Shortage shortage) {
        return new Cause(
                shortage.limit().id(),
                shortage.level().remaining(shortage.limit().spec()),
                shortage.lowWater());
    }

    private static Step step(Saving move, Candidates candidates, Candidate served, Cause cause, long after) {
        Candidate asked = candidates.asked();
        return switch (move) {
            case TRIM -> new Step.Trimmed(after, candidates.trimmedTokens(), cause);
            case CLAMP ->
                new Step.Clamped(
                        after, asked.sizes().outputTokens(), served.sizes().outputTokens(), cause);
            case DOWNGRADE -> new Step.Downgraded(after, name(asked.asking()), name(served.asking()), cause);
        };
    }

    private static String name(Asking asking) {
        return asking.model().name();
    }

    private static Step estimated(Sizes sizes, long after) {
        return new Step.Estimated(after, sizes.inputTokens(), sizes.outputTokens() * sizes.choices(), sizes.method());
    }

    private static List<Unenforced> shadowed(Reservation reservation) {
        List<Unenforced> shadowed = new ArrayList<>(0);
        for (Reservation.Taken taken : reservation.taken()) {
            Optional<Reason> reason = Quota.unenforced(taken, amount(reservation, taken));
            if (reason.isPresent()) {
                shadowed.add(new Unenforced(
                        line(reservation, taken, reason), taken.limit().spec().sort()));
            }
        }
        return shadowed;
    }

    private static long amount(Reservation reservation, Reservation.Taken taken) {
        return reservation.demand().of(taken.limit().spec().kind());
    }

    private static LimitLine line(Reservation reservation, Reservation.Taken taken, Optional<Reason> reason) {
        Level before = taken.before();
        return new LimitLine(
                taken.limit().id(),
                taken.limit().spec().shownAmount(),
                before.used(),
                before.held(),
                amount(reservation, taken),
                reason);
    }

    private static List<LimitLine> lines(Reservation reservation) {
        List<LimitLine> lines = new ArrayList<>(reservation.taken().size());
        for (Reservation.Taken taken : reservation.taken()) {
            lines.add(line(reservation, taken, Optional.empty()));
        }
        return lines;
    }

    private static List<LimitLine> lines(Refused refused) {
        return refused.shortfalls().stream()
                .map(shortfall -> new LimitLine(
                        shortfall.limit().id(),
                        shortfall.limit().spec().shownAmount(),
                        shortfall.level().used(),
                        shortfall.level().held(),
                        shortfall.requested(),
                        Optional.of(shortfall.reason())))
                .toList();
    }
}
