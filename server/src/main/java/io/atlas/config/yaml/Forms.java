package io.atlas.config.yaml;

import io.atlas.config.Endpoint;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.unit.Money;
import io.atlas.secret.Digest;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Grammar.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammars of those scalars that only a gateway's configuration has. Bounds are written as the file would write them. */
final class Forms {
    private static final Pattern ENDPOINT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)\\]|([A-Za-z0-9.-]{1,253})):([0-9]{1,5})");
    private static final Pattern SHA_256 = Pattern.compile("[0-9A-Fa-f]{64}");
    private static final Pattern MONEY = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,12})? USD");
    private static final Pattern POSTGRESQL = Pattern.compile("jdbc:postgresql://[^/?#@\\s]+/[^/?#@\\s]+(\\?\\S*)?");
    private static final String REDIS_HOST = "[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?";
    private static final String REDIS_HOSTS = REDIS_HOST + "(?:," + REDIS_HOST + "){0,15}";
    private static final String REDIS_USER = "(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?";
    private static final String REDIS_BASE = "(?:/[0-9]{1,3})?";
    private static final String REDIS_ROOTS = "(?:\\?sslrootcert=/[A-Za-z0-9._/+-]{1,255})?";
    private static final Pattern REDIS =
            Pattern.compile("rediss?://" + REDIS_USER + REDIS_HOST + REDIS_BASE + REDIS_ROOTS
                    + "|rediss?-cluster://" + REDIS_USER + REDIS_HOSTS + REDIS_ROOTS
                    + "|rediss?-sentinel://" + REDIS_USER + REDIS_HOSTS + REDIS_BASE + REDIS_ROOTS
                    + "#[A-Za-z0-9._-]{1,100}");
    private static final Pattern ROOTS = Pattern.compile("(redis[^:]*).*\\?sslrootcert=([^#]*).*");
    private static final Pattern PATH = Pattern.compile("/[!-\"$-~]{0,255}");
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
                    "HOST:PORT such as 127.0.0.1:8080 or [::1]:8080", Forms::endpoint)
            .shaped(new Shape.Form(ENDPOINT));

    /** The address of a database, as its driver writes it. A password has a key of its own, where it may not be shown. */
    static final Grammar<String> POSTGRESQL_URL = new Grammar<>(
            text -> Optional.of(text).filter(url -> POSTGRESQL.matcher(url).matches() && !url.contains("password=")),
            _ -> "expected: jdbc:postgresql://HOST[:PORT]/DATABASE, without user and password",
            text -> text.contains("@") || text.contains("password=") ? "***" : text,
            new Shape.Form(POSTGRESQL));

    /** Where a Redis is; what comes before the host is never shown. */
    static final Grammar<String> REDIS_URL = new Grammar<>(
            text -> Optional.of(text).filter(url -> REDIS.matcher(url).matches()),
            text -> "expected: redis://HOST[:PORT][/DATABASE], rediss://..., redis-sentinel://HOST[:PORT],...#MASTER,"
                    + " or redis-cluster://HOST[:PORT],..."
                    + (text.contains("@") ? "; in a password @ is %40, / is %2F, % is %25" : ""),
            text -> text.contains("@") ? "***" : text,
            new Shape.Form(REDIS));

    /** Why the certificates that such a URL names cannot be used, if it names any. */
    static Optional<String> unusableRoots(String redisUrl) {
        Matcher roots = ROOTS.matcher(redisUrl);
        if (!roots.matches()) {
            return Optional.empty();
        }
        if (!roots.group(1).startsWith("rediss")) {
            return Optional.of("sslrootcert (expected: rediss, which is TLS)");
        }
        try (InputStream in = Files.newInputStream(Path.of(roots.group(2)))) {
            return CertificateFactory.getInstance("X.509")
                            .generateCertificates(in)
                            .isEmpty()
                    ? unusableRoots(roots, "it is empty")
                    : Optional.empty();
        } catch (IOException | CertificateException e) {
            return unusableRoots(roots, e.getClass().getSimpleName());
        }
    }

    private static Optional<String> unusableRoots(Matcher roots, String why) {
        return Optional.of(
                "sslrootcert=" + roots.group(2) + " (expected: a readable file of certificates in PEM; " + why + ")");
    }

    /** The digest of a key. */
    static final Grammar<Digest> DIGEST = Grammar.of(
                    "64 hexadecimal digits",
                    text -> Optional.of(text)
                            .filter(hex -> SHA_256.matcher(hex).matches())
                            .map(hex -> new Digest(hex.toLowerCase(Locale.ROOT))))
            .shaped(new Shape.Form(SHA_256));

    /** What is asked of a backend, below its address. */
    static final Grammar<String> HTTP_PATH = Grammar.of(
                    "a path such as /health, of at most 256 visible ASCII characters",
                    text -> Optional.of(text).filter(path -> PATH.matcher(path).matches()))
            .shaped(new Shape.Form(PATH));

    private Forms() {}

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
}
