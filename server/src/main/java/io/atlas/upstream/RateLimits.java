package io.atlas.upstream;

import io.atlas.kernel.pool.Told;
import io.atlas.kernel.quota.Kind;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What answers say of their provider's quotas. OpenAI and Azure write {@code x-ratelimit-remaining-tokens}, and until when
 * as a duration of Go ({@code 6m0s}, {@code 120ms}) or as seconds; Anthropic {@code anthropic-ratelimit-tokens-remaining},
 * and until when as a time (RFC 3339). What is missing, blank or below zero is not said.
 */
public final class RateLimits {
    private static final int LONGEST_TEXT = 40;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
    private static final Pattern PART = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(h|ms|m|s|us|µs|ns)");
    private static final Pattern DURATION = Pattern.compile("(?:" + PART.pattern() + ")+");

    /** A quota that OpenAI or Anthropic tells of, and the word for it. */
    private record Named(Kind kind, String word) {}

    private static final List<Named> OF_OPENAI =
            List.of(new Named(Kind.REQUESTS, "requests"), new Named(Kind.TOKENS, "tokens"));
    /** Not its {@code tokens}: these are whichever of the two is tighter. */
    private static final List<Named> OF_ANTHROPIC = List.of(
            new Named(Kind.REQUESTS, "requests"),
            new Named(Kind.INPUT_TOKENS, "input-tokens"),
            new Named(Kind.OUTPUT_TOKENS, "output-tokens"));

    private RateLimits() {}

    /** What the headers of an answer say. */
    public static List<Told> told(MultiMap headers, long nowMicros) {
        List<Told> told = new ArrayList<>(2);
        for (Named quota : OF_OPENAI) {
            String limit = "x-ratelimit-limit-" + quota.word;
            if (headers.contains(limit)) {
                OptionalLong full = micros(text(headers, "x-ratelimit-reset-" + quota.word));
                told(quota.kind, text(headers, limit), text(headers, "x-ratelimit-remaining-" + quota.word), full)
                        .ifPresent(told::add);
            }
        }
        for (Named quota : OF_ANTHROPIC) {
            String name = "anthropic-ratelimit-" + quota.word;
            if (headers.contains(name + "-limit")) {
                OptionalLong full = microsUntil(text(headers, name + "-reset"), nowMicros);
                told(quota.kind, text(headers, name + "-limit"), text(headers, name + "-remaining"), full)
                        .ifPresent(told::add);
            }
        }
        return told;
    }

    private static Optional<Told> told(Kind kind, String limit, String remaining, OptionalLong fullAfterMicros) {
        OptionalLong all = number(limit);
        OptionalLong left = number(remaining);
        return all.isEmpty() || left.isEmpty() || all.getAsLong() == 0
                ? Optional.empty()
                : Optional.of(
                        new Told(kind, all.getAsLong(), Math.min(left.getAsLong(), all.getAsLong()), fullAfterMicros));
    }

    private static String text(MultiMap headers, String name) {
        String text = headers.get(name);
        return text == null || text.length() > LONGEST_TEXT ? "" : text.strip();
    }

    private static OptionalLong number(String text) {
        String digits = text.replace(",", "");
        return NUMBER.matcher(digits).matches() ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }

    private static OptionalLong micros(String text) {
        if (SECONDS.matcher(text).matches()) {
            return OptionalLong.of((long) (Double.parseDouble(text) * 1_000_000));
        }
        if (!DURATION.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        double micros = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            micros += Double.parseDouble(part.group(1)) * unit(part.group(2)).toNanos() / 1_000;
        }
        return OptionalLong.of((long) micros);
    }

    private static Duration unit(String word) {
        return switch (word) {
            case "h" -> Duration.ofHours(1);
            case "m" -> Duration.ofMinutes(1);
            case "s" -> Duration.ofSeconds(1);
            case "ms" -> Duration.ofMillis(1);
            case "us", "µs" -> Duration.of(1, ChronoUnit.MICROS);
            default -> Duration.ofNanos(1);
        };
    }

    private static OptionalLong microsUntil(String text, long nowMicros) {
        try {
            Instant then = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
            return OptionalLong.of(Math.max(0, ChronoUnit.MICROS.between(Instant.EPOCH, then) - nowMicros));
        } catch (DateTimeException _) {
            return OptionalLong.empty();
        }
    }
}
