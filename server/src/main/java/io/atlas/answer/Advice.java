package io.atlas.answer;

import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.quota.Verdict.Shortfall;
import io.atlas.kernel.reason.Reason;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a client library is told about trying again. Libraries sleep for as long as they are told, or ignore what is too
 * long and try at once; so beyond a minute they are told not to.
 */
public final class Advice {
    private static final long LONGEST_MILLIS = 60_000;
    private static final long SOON_MILLIS = 1_000;
    private static final long RELEASED_SOON_MILLIS = 250;

    private Advice() {}

    /** The milliseconds after which a retry can succeed, where it can. */
    public static OptionalLong retryAfterMillis(Reason reason, Optional<Refused> refused) {
        return switch (reason.retry()) {
            case NEVER, OPEN -> OptionalLong.empty();
            case SOON -> OptionalLong.of(refused.map(Advice::longestMillis).orElse(SOON_MILLIS));
            case AT_RESET -> refused.stream().mapToLong(Advice::longestMillis).findFirst();
        };
    }

    /** None of these shortfalls is of a window that has to end: such a one would have been the first, and never retried. */
    private static long longestMillis(Refused refused) {
        return refused.shortfalls().stream().mapToLong(Advice::millis).max().orElse(SOON_MILLIS);
    }

    private static long millis(Shortfall shortfall) {
        return switch (shortfall.reason().retry()) {
            case AT_RESET -> Math.ceilDiv(shortfall.waitMicros(), 1_000);
            case SOON, NEVER, OPEN -> shortfall.reason() == Reason.QUOTA_RESERVED ? RELEASED_SOON_MILLIS : SOON_MILLIS;
        };
    }

    /** Writes the advice. */
    public static void write(HttpServerResponse response, Reason reason, Optional<Refused> refused) {
        write(response, reason, retryAfterMillis(reason, refused));
    }

    /** Writes the advice to try again after that time, where there is one. */
    public static void write(HttpServerResponse response, Reason reason, OptionalLong millis) {
        if (millis.isPresent()) {
            response.putHeader("retry-after", Long.toString(Math.ceilDiv(millis.getAsLong(), 1_000)));
            response.putHeader("retry-after-ms", Long.toString(millis.getAsLong()));
            response.putHeader("x-should-retry", millis.getAsLong() <= LONGEST_MILLIS ? "true" : "false");
        } else if (reason.retry() == Reason.Retry.NEVER) {
            response.putHeader("x-should-retry", "false");
        }
    }
}
