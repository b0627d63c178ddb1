package io.atlas.answer;

import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.unit.Period;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * How a caller stands, in headers: OpenAI's own for the request limit and the token limit with the smallest share left, and
 * those of draft-ietf-httpapi-ratelimit-headers for all. What this request holds is counted.
 */
public final class RateHeaders {
    private record Standing(Limit limit, Level level) {
        long remaining() {
            return level.remaining(limit.spec());
        }

        double share() {
            return (double) remaining() / limit.spec().capacity();
        }
    }

    /** One of the two units of OpenAI's headers, and their names: made once, since each use of a text checks it again. */
    private record Shown(String unit, CharSequence limit, CharSequence remaining, CharSequence reset) {
        private static final Shown REQUESTS = of("requests");
        private static final Shown TOKENS = of("tokens");

        private static Shown of(String unit) {
            return new Shown(
                    unit,
                    HttpHeaders.createOptimized("x-ratelimit-limit-" + unit),
                    HttpHeaders.createOptimized("x-ratelimit-remaining-" + unit),
                    HttpHeaders.createOptimized("x-ratelimit-reset-" + unit));
        }
    }

    private static final CharSequence POLICY = HttpHeaders.createOptimized("ratelimit-policy");
    private static final CharSequence STATE = HttpHeaders.createOptimized("ratelimit");

    private RateHeaders() {}

    /** Writes the standing after a reservation. */
    public static void write(HttpServerResponse response, Reservation reservation, long nowMicros) {
        List<Standing> standings = new ArrayList<>(reservation.taken().size());
        for (Reservation.Taken taken : reservation.taken()) {
            if (counts(taken.limit())) {
                standings.add(new Standing(taken.limit(), taken.after()));
            }
        }
        write(response, standings, nowMicros);
    }

    /** Writes the standing at these levels, one for each limit. */
    public static void write(HttpServerResponse response, List<Limit> limits, List<Level> levels, long nowMicros) {
        List<Standing> standings = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            if (counts(limits.get(i))) {
                standings.add(new Standing(limits.get(i), levels.get(i)));
            }
        }
        write(response, standings, nowMicros);
    }

    private static boolean counts(Limit limit) {
        return limit.spec().enforced()
                && switch (limit.spec().kind()) {
                    case REQUESTS, TOKENS, INPUT_TOKENS, OUTPUT_TOKENS -> true;
                    case CREDITS, COST, CONCURRENT -> false;
                };
    }

    private static void write(HttpServerResponse response, List<Standing> standings, long nowMicros) {
        if (standings.isEmpty()) {
            return;
        }
        smallest(response, standings, Shown.REQUESTS, nowMicros);
        smallest(response, standings, Shown.TOKENS, nowMicros);
        StringBuilder policy = new StringBuilder();
        StringBuilder state = new StringBuilder();
        for (Standing standing : standings) {
            LimitSpec spec = standing.limit.spec();
            String separator = policy.isEmpty() ? "" : ", ";
            policy.append(separator)
                    .append('"')
                    .append(standing.limit.id())
                    .append("\";q=")
                    .append(fieldInteger(spec.capacity()));
            policy.append(";w=").append(windowSeconds(spec));
            if (!spec.kind().countsRequests()) {
                policy.append(";qu=\"tokens\"");
            }
            state.append(separator)
                    .append('"')
                    .append(standing.limit.id())
                    .append("\";r=")
                    .append(fieldInteger(standing.remaining()));
            state.append(";t=").append(Math.ceilDiv(millis(standing, nowMicros), 1_000));
        }
        response.putHeader(POLICY, policy);
        response.putHeader(STATE, state);
    }

    /** The integers of structured fields end here (RFC 9651, section 3.3.1). */
    private static long fieldInteger(long amount) {
        return Math.min(amount, 999_999_999_999_999L);
    }

    private static void smallest(HttpServerResponse response, List<Standing> standings, Shown shown, long nowMicros) {
        Standing least = null;
        for (Standing standing : standings) {
            if (standing.limit.spec().kind().unit().equals(shown.unit)
                    && (least == null || standing.share() < least.share())) {
                least = standing;
            }
        }
        if (least != null) {
            response.putHeader(shown.limit, Long.toString(least.limit.spec().capacity()));
            response.putHeader(shown.remaining, Long.toString(least.remaining()));
            response.putHeader(shown.reset, goDuration(millis(least, nowMicros)));
        }
    }

    private static long millis(Standing standing, long nowMicros) {
        return Math.max(0, Math.ceilDiv(standing.level.resetsAtMicros() - nowMicros, 1_000));
    }

    private static long windowSeconds(LimitSpec spec) {
        Period per = spec.per().orElseThrow();
        return switch (per) {
            case SECOND -> 1;
            case MINUTE -> 60;
            case HOUR -> 3_600;
            case DAY -> 86_400;
            case WEEK -> 604_800;
            case MONTH -> 2_592_000;
            case QUARTER -> 7_776_000;
            case YEAR -> 31_536_000;
        };
    }

    /** A duration as Go prints it and OpenAI writes it: {@code 1h2m3s}, {@code 120ms}, {@code 7.66s}. */
    public static String goDuration(long millis) {
        if (millis < 1_000) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long hours = millis / 3_600_000;
        long minutes = millis / 60_000 % 60;
        long rest = millis % 60_000;
        String seconds = rest / 1_000 + fraction(rest % 1_000) + "s";
        if (hours > 0) {
            return hours + "h" + minutes + "m" + seconds;
        }
        return minutes > 0 ? minutes + "m" + seconds : seconds;
    }

    /** Thousandths as decimals, without the zeros at their end. */
    private static String fraction(long millis) {
        if (millis == 0) {
            return "";
        }
        String digits = Long.toString(1_000 + millis).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return "." + digits.substring(0, end);
    }
}
