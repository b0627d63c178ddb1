package io.atlas.config.yaml;

import io.atlas.config.Digest;
import io.atlas.config.Endpoint;
import io.atlas.config.yaml.Grammar.Shape;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.unit.Money;
import java.math.BigInteger;
import java.net.InetAddress;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammars of the scalars of {@code atlas.yaml}. Bounds are written as the file would write them. */
public final class Scalars {
    private static final Pattern NUMBER = Pattern.compile("([0-9](?:_?[0-9]){0,18})([kMG]?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB)");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]))?%");
    private static final Pattern ENDPOINT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)\\]|([A-Za-z0-9.-]{1,253})):([0-9]{1,5})");
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9A-Fa-f]{64}");
    private static final Pattern MONEY = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,12})? USD");
    private static final Pattern WEB = Pattern.compile("https?://[^?#@]+");
    private static final Pattern POSTGRESQL = Pattern.compile("jdbc:postgresql://[^/?#@\\s]+/[^/?#@\\s]+(\\?\\S*)?");
    private static final Pattern REDIS =
            Pattern.compile("rediss?://(?:[^@/\\s]*@)?[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[0-9]{1,3})?");
    private static final int MAX_PORT = 65_535;

    /** A sum of at least a nano-dollar, in nano-USD. */
    static final Grammar<Long> NANO_USD = Grammar.of(
                    "\"0.000000001 USD\" to \"" + Money.decimalUsd(Money.MAX_NANO_USD) + " USD\"",
                    text -> Money.nanoUsd(text).filter(nanoUsd -> nanoUsd > 0))
            .shaped(new Shape.Form(MONEY));

    /** A price per million tokens, in pico-USD per token. */
    static final Grammar<Long> PICO_USD_PER_TOKEN = Grammar.of(
                    "\"0 USD\" to \"1000 USD\", at most 6 decimals",
                    text -> Money.picoUsdPerToken(text).filter(picoUsd -> picoUsd <= Price.MAX_PICO_USD))
            .shaped(new Shape.Form(MONEY));

    /** Where to listen; port 0 takes any that is free. */
    static final Grammar<Endpoint> ENDPOINT_TO_LISTEN_ON = Grammar.of(
                    "HOST:PORT such as 127.0.0.1:8080 or [::1]:8080", Scalars::endpoint)
            .shaped(new Shape.Form(ENDPOINT));

    /** The address of a server, without a slash at its end. It may hold a password, which no message shows. */
    static final Grammar<URI> URL = new Grammar<>(
            Scalars::url,
            _ -> "expected: http://HOST[:PORT][/PREFIX] or https://..., without user, query or fragment",
            text -> text.contains("@") ? "***" : text,
            new Shape.Form(WEB));

    /** The address of a database, as its driver writes it. A password has a key of its own, where it may not be shown. */
    static final Grammar<String> POSTGRESQL_URL = new Grammar<>(
            text -> Optional.of(text).filter(url -> POSTGRESQL.matcher(url).matches() && !url.contains("password=")),
            _ -> "expected: jdbc:postgresql://HOST[:PORT]/DATABASE, without user and password",
            text -> text.contains("@") || text.contains("password=") ? "***" : text,
            new Shape.Form(POSTGRESQL));

    /** Where a Redis is; what comes before the host is never shown. */
    static final Grammar<String> REDIS_URL = new Grammar<>(
            text -> Optional.of(text).filter(url -> REDIS.matcher(url).matches()),
            _ -> "expected: redis://HOST[:PORT][/DATABASE] or rediss://...",
            text -> text.contains("@") ? "***" : text,
            new Shape.Form(REDIS));

    /** A time zone. */
    static final Grammar<ZoneId> ZONE = new Grammar<>(
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

    /** The digest of a key. */
    static final Grammar<Digest> DIGEST = Grammar.of(
                    "64 hexadecimal digits",
                    text -> Optional.of(text)
                            .filter(hex -> SHA_256.matcher(hex).matches())
                            .map(hex -> new Digest(hex.toLowerCase(Locale.ROOT))))
            .shaped(new Shape.Form(SHA_256));

    /** A folder. */
    static final Grammar<Path> FOLDER = Grammar.of("a path", Scalars::path);

    /** A share in whole per cent. */
    static final Grammar<Integer> PERCENT_WHOLE = Grammar.of(
                    "0% to 100%",
                    text -> perMille(text).filter(share -> share % 10 == 0).map(share -> share / 10))
            .shaped(new Shape.Form(PERCENT));

    /** A share in tenths of a per cent. */
    static final Grammar<Integer> PER_MILLE =
            Grammar.of("0% to 100%, at most one decimal", Scalars::perMille).shaped(new Shape.Form(PERCENT));

    private Scalars() {}

    /** A whole number such as {@code 64}, {@code 1_000}, {@code 10k} or {@code 2M}. */
    static Grammar<Long> number(String min, String max) {
        return range(min, max, Scalars::number).shaped(new Shape.Count(NUMBER));
    }

    /** A whole number that is no larger than an {@code int}. */
    static Grammar<Integer> integer(String min, String max) {
        return number(min, max).map(Math::toIntExact);
    }

    /** A time such as {@code 250ms}, {@code 30s}, {@code 5m} or {@code 2h}. */
    static Grammar<Duration> duration(String min, String max) {
        return range(min, max, Scalars::duration).shaped(new Shape.Form(DURATION));
    }

    /** A number of bytes such as {@code 512B}, {@code 32KiB}, {@code 10MiB} or {@code 1GiB}. */
    static Grammar<Integer> bytes(String min, String max) {
        return range(min, max, Scalars::size).map(Math::toIntExact).shaped(new Shape.Form(SIZE));
    }

    /** Letters, digits and signs of ASCII, no space. */
    static Grammar<String> visible(int min, int max) {
        return Grammar.of(
                        min + " to " + max + " visible ASCII characters",
                        text -> Optional.of(text)
                                .filter(some -> some.length() >= min && some.length() <= max)
                                .filter(some -> some.chars().allMatch(c -> c > ' ' && c < 0x7f)))
                .shaped(new Shape.Count(Pattern.compile("[!-~]{" + min + "," + max + "}")));
    }

    /** One of some words; {@code later} are those that the contract has but this build has not. */
    static <T> Grammar<T> word(Map<String, T> words, String... later) {
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

    private static Optional<Endpoint> endpoint(String text) {
        Matcher endpoint = ENDPOINT.matcher(text);
        if (!endpoint.matches() || Integer.parseInt(endpoint.group(3)) > MAX_PORT) {
            return Optional.empty();
        }
        String bracketed = endpoint.group(1);
        String host = bracketed == null ? endpoint.group(2) : bracketed;
        boolean literal = bracketed != null || host.matches("[0-9.]+");
        return literal && !isAddress(host)
                ? Optional.empty()
                : Optional.of(new Endpoint(host, Integer.parseInt(endpoint.group(3))));
    }

    private static boolean isAddress(String literal) {
        try {
            return InetAddress.ofLiteral(literal).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
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
