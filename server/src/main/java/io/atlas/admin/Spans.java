package io.atlas.admin;

import io.atlas.yaml.Grammar;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as changes write them: {@code 90s}, {@code 30m}, {@code 24h}, {@code 90d}, where a day has 24 hours. */
final class Spans {
    private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})([smhd])");

    private Spans() {}

    /** The spans between two others. */
    static Grammar<Duration> between(String min, String max) {
        Duration least = span(min).orElseThrow();
        Duration most = span(max).orElseThrow();
        return Grammar.of(
                min + " to " + max + ", such as 90s, 30m, 24h or 90d",
                text -> span(text).filter(span -> span.compareTo(least) >= 0 && span.compareTo(most) <= 0));
    }

    private static Optional<Duration> span(String text) {
        Matcher span = SPAN.matcher(text);
        if (!span.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(span.group(1));
        return Optional.of(
                switch (span.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }
}
