package io.atlas.answer;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.unit.Money;
import java.util.Optional;

/** A refusal by limits, in words. */
public final class Refusal {
    private Refusal() {}

    public static Fault fault(Refused refused) {
        Shortfall first = refused.shortfalls().getFirst();
        Reason reason = refused.reason();
        return new Fault(reason, reason.status(), type(reason, first), reason.code(), message(first), Optional.empty());
    }

    /** A refusal because another model would have served, which the header forbids. */
    public static Fault unwilling(Refused refused, String header, String model) {
        Fault fault = fault(refused);
        LimitSpec spec = refused.shortfalls().getFirst().limit().spec();
        String message = "The limit of " + spec.kind().word() + " of "
                + refused.shortfalls().getFirst().limit().place().path() + " runs low, so that '" + model
                + "' would serve this request; " + header + " forbids that.";
        return new Fault(fault.reason(), fault.status(), fault.type(), fault.code(), message, Optional.of(header));
    }

    private static String type(Reason reason, Shortfall first) {
        boolean requests = first.limit().spec().kind().countsRequests();
        return reason.type().equals("tokens") && requests ? "requests" : reason.type();
    }

    private static String message(Shortfall shortfall) {
        LimitSpec spec = shortfall.limit().spec();
        String what =
                spec.kind().word() + spec.per().map(per -> " per " + per.word()).orElse(" at once");
        String place = shortfall.limit().place().path();
        String stand = "limit " + amount(spec, spec.capacity()) + ", used "
                + amount(spec, shortfall.level().used())
                + ", held by open requests " + amount(spec, shortfall.level().held()) + ", requested "
                + amount(spec, shortfall.requested());
        return switch (shortfall.reason()) {
            case REQUEST_EXCEEDS_LIMIT ->
                "This request can never fit the limit of " + what + " of " + place + ": " + stand + ".";
            case BUDGET_EXHAUSTED -> "The budget of " + place + " is used up (" + what + ": " + stand + ").";
            case QUOTA_EXHAUSTED -> "The quota of " + what + " of " + place + " is used up: " + stand + ".";
            case QUOTA_RESERVED ->
                "What is left of " + what + " of " + place + " is held by open requests: " + stand
                        + ". Try again shortly.";
            case CONCURRENCY_EXCEEDED -> "Too many requests at once for " + place + ": " + stand + ".";
            default ->
                "Rate limit reached for " + what + " of " + place + ": " + stand + ". Try again in "
                        + seconds(shortfall.waitMicros()) + " s.";
        };
    }

    private static String amount(LimitSpec spec, long amount) {
        return spec.kind() == Kind.COST ? Money.decimalUsd(amount) + " USD" : Long.toString(amount);
    }

    private static long seconds(long micros) {
        return Math.ceilDiv(micros, 1_000_000);
    }
}
