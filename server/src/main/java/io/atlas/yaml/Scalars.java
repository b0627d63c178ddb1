package io.atlas.yaml;

import io.atlas.yaml.Grammar.Shape;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammars of scalars that are used everywhere. Bounds are written as the file would write them. */
public final class Scalars {
    private static final Pattern NUMBER = Pattern.compile("([0-9](?:_?[0-9]){0,18})([kMG]?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,4})d");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB)");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]))?%");
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern WEB = Pattern.compile("https?://[^?#@]+");
    private static final int MAX_PORT = 65_535;

    /** The address of a server, without a slash at its end. It may hold a password, which no message shows. */
    public static final Grammar<URI> URL = new Grammar<>(
            Scalars::url,
            _ -> "expected: http://HOST[:PORT][/PREFIX] or https://..., without user, query or fragment",
            text -> text.contains("@") ? "***" : text,
            new Shape.Form(WEB));

    /** A time zone. */
    public static final Grammar<ZoneId> ZONE = new Grammar<>(
            Scalars::zone,
            text -> "expected: a time zone such as Europe/Rome"
                    + Names.nearest(text, ZoneId.getAvailableZoneIds())
                            .map(name -> "; did you mean `" + name + "`?")
                            .orElse(""),
            UnaryOperator.identity(),
            new Shape.Text());

    /** A moment: the start of a day in UTC, or an instant. */
    public static final Grammar<Instant> MOMENT =
            Grammar.of("a date such as 2027-01-01 or an instant such as 2027-01-01T12:00:00Z", Scalars::moment);

    /** A folder. */
    public static final Grammar<Path> FOLDER = Grammar.of("a path", Scalars::path);

    /** A share in whole per cent. */
    public static final Grammar<Integer> PERCENT_WHOLE = Grammar.of(
                    "0% to 100%",
                    text -> perMille(text).filter(share -> share % 10 == 0).map(share -> share / 10))
            .shaped(new Shape.Form(PERCENT));

    /** A share in tenths of a per cent. */
    public static final Grammar<Integer> PER_MILLE =
            Grammar.of("0% to 100%, at most one decimal", Scalars::perMille).shaped(new Shape.Form(PERCENT));

    private Scalars() {}

    /** A whole number such as {@code 64}, {@code 1_000}, {@code 10k} or {@code 2M}. */
    public static Grammar<Long> number(String min, String max) {
        return range(min, max, Scalars::number).shaped(new Shape.Count(NUMBER));
    }

    /** A whole number that is no larger than an {@code int}. */
    public static Grammar<Integer> integer(String min, String max) {
        return number(min, max).map(Math::toIntExact);
    }

    /** A time such as {@code 250ms}, {@code 30s}, {@code 5m} or {@code 2h}. */
    public static Grammar<Duration> duration(String min, String max) {
        return range(min, max, Scalars::duration).shaped(new Shape.Form(DURATION));
    }

    /** A number of days such as {@code 30d}, each of 24 hours. */
    public static Grammar<Duration> days(String min, String max) {
        return range(min, max, Scalars::days).shaped(new Shape.Form(DAYS));
    }

    /** A number of bytes such as {@code 512B}, {@code 32KiB}, {@code 10MiB} or {@code 1GiB}. */
    public static Grammar<Integer> bytes(String min, String max) {
        return range(min, max, Scalars::size).map(Math::toIntExact).shaped(new Shape.Form(SIZE));
    }

    /** Letters, digits and signs of ASCII, no space. */
    public static Grammar<String> visible(int min, int max) {
        return Grammar.of(
                        min + " to " + max + " visible ASCII characters",
                        text -> Optional.of(text)
                                .filter(some -> some.length() >= min && some.length() <= max)
                                .filter(some -> some.chars().allMatch(c -> c > ' ' && c < 0x7f)))
                .shaped(new Shape.Count(Pattern.compile("[!-~]{" + min + "," + max + "}")));
    }

    /** One of some words; {@code later} are those that the contract has but this build has not. */
    public static <T> Grammar<T> word(Map<String, T> words, String... later) {
        List<String> notYet = List.of(later);
        return new Grammar<>(
                text -> Optional.ofNullable(words.get(text)),
                text -> notYet.contains(text) ? "not supported yet" : Names.choice(text, words.keySet()),
                UnaryOperator.identity(),
                new Shape.Words(words.keySet().stream().sorted().toList()));
    }

    private static <T extends Comparable<T>> Grammar<T> range(
            String min, String max, Function<String, Optional<T>> reading) {
        T least = reading.apply(min).orElseThrow();
        T most = reading.apply(max).orElseThrow();
        return Grammar.of(
                min + " to " + max,
                text -> reading.apply(text).filter(value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0));
    }

    private static Optional<Long> number(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return Optional.empty();
        }
        long factor = switch (number.group(2)) {
            case "k" -> 1_000;
            case "M" -> 1_000_000;
            case "G" -> 1_000_000_000;
            default -> 1;
        };
        BigInteger value = new BigInteger(number.group(1).replace("_", "")).multiply(BigInteger.valueOf(factor));
        return value.bitLength() < Long.SIZE ? Optional.of(value.longValueExact()) : Optional.empty();
    }

    private static Optional<Duration> duration(String text) {
        Matcher duration = DURATION.matcher(text);
        if (!duration.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(duration.group(1));
        return Optional.of(
                switch (duration.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    default -> Duration.ofHours(count);
                });
    }

    private static Optional<Duration> days(String text) {
        Matcher days = DAYS.matcher(text);
        return days.matches() ? Optional.of(Duration.ofDays(Long.parseLong(days.group(1)))) : Optional.empty();
    }

    private static Optional<Long> size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return Optional.empty();
        }
        int shift = switch (size.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        };
        return Optional.of(Long.parseLong(size.group(1)) << shift);
    }

    private static Optional<Integer> perMille(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (!percent.matches()) {
            return Optional.empty();
        }
        int tenths = percent.group(2) == null ? 0 : Integer.parseInt(percent.group(2));
        return Optional.of(Integer.parseInt(percent.group(1)) * 10 + tenths).filter(share -> share <= 1_000);
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text.replaceFirst("/+$", ""));
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
            boolean reachable = url.getHost() != null && url.getPort() != 0 && url.getPort() <= MAX_PORT;
            return web && bare && reachable ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Optional<ZoneId> zone(String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(
                    DAY.matcher(text).matches()
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
