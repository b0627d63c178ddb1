package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Endpoint;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Scalars;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScalarsTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "64, 64", "1_000, 1000", "10k, 10000", "2M, 2000000", "1G, 1000000000", "1_0k, 10000"})
    void aNumberMayCarryASuffixOrUnderscores(String text, long value) {
        assertThat(Scalars.number("0", "1G").reading().apply(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5",
                "1.5k",
                "_1",
                "1_",
                "1__0",
                "1K",
                "1 k",
                "0x1F",
                "1e3",
                "9999999999G",
                "99999999999999999999",
                "٣"
            })
    void whatIsNoNumberIsRefused(String text) {
        assertThat(Scalars.number("0", "9223372036854775807").reading().apply(text))
                .isEmpty();
    }

    @Test
    void aRangeHoldsBothOfItsEndsAndNothingElse() {
        Grammar<Integer> percentile = Scalars.integer("1", "1k");
        assertThat(percentile.reading().apply("1")).contains(1);
        assertThat(percentile.reading().apply("1000")).contains(1_000);
        assertThat(percentile.reading().apply("0")).isEmpty();
        assertThat(percentile.reading().apply("1001")).isEmpty();
        assertThat(percentile.complaint("0")).isEqualTo("expected: 1 to 1k");
    }

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "30s, PT30S", "5m, PT5M", "2h, PT2H", "0s, PT0S"})
    void aDurationHasAUnit(String text, Duration value) {
        assertThat(Scalars.duration("0ms", "24h").reading().apply(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "1d", "-1s", "1.5s", "1 s", "25h", "PT1S"})
    void whatIsNoDurationIsRefused(String text) {
        assertThat(Scalars.duration("0ms", "24h").reading().apply(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"512B, 512", "32KiB, 32768", "10MiB, 10485760", "1GiB, 1073741824"})
    void aSizeHasABinaryUnit(String text, int value) {
        assertThat(Scalars.bytes("1B", "1GiB").reading().apply(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "10MB", "10Mib", "0B", "2GiB", "999999999GiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThat(Scalars.bytes("1B", "1GiB").reading().apply(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0%, 0", "2%, 20", "0.5%, 5", "100%, 1000", "100.0%, 1000"})
    void aShareIsKeptPerMille(String text, int value) {
        assertThat(Scalars.PER_MILLE.reading().apply(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "100.1%", "0.55%", "-1%", "%"})
    void whatIsNoShareIsRefused(String text) {
        assertThat(Scalars.PER_MILLE.reading().apply(text)).isEmpty();
    }

    @Test
    void aWholeShareHasNoDecimals() {
        assertThat(Scalars.PERCENT_WHOLE.reading().apply("20%")).contains(20);
        assertThat(Scalars.PERCENT_WHOLE.reading().apply("20.5%")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080, 127.0.0.1, 8080",
        "[::1]:1, ::1, 1",
        "gate.example-1.org:65535, gate.example-1.org, 65535",
        "localhost:0, localhost, 0"
    })
    void anEndpointIsAHostAndAPort(String text, String host, int port) {
        assertThat(Forms.ENDPOINT_TO_LISTEN_ON.reading().apply(text)).contains(new Endpoint(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8080",
                ":8080",
                "127.0.0.1",
                "127.0.0.1:65536",
                "300.0.0.1:80",
                "::1:80",
                "[::1",
                "[zz]:80",
                "[127.0.0.1]x:80",
                "a b:80",
                "http://a:80"
            })
    void whatIsNoEndpointIsRefused(String text) {
        assertThat(Forms.ENDPOINT_TO_LISTEN_ON.reading().apply(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.5:8000, http://10.0.0.5:8000",
        "https://api.openai.com/, https://api.openai.com",
        "http://[::1]:80/a/b//, http://[::1]:80/a/b"
    })
    void aUrlHasNoSlashAtItsEnd(String text, URI value) {
        assertThat(Scalars.URL.reading().apply(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api.openai.com",
                "ftp://a",
                "http://",
                "http:///a",
                "http://a?b",
                "http://a#b",
                "http://u:p@a",
                "http://a b",
                "http://a:70000",
                "http://a:0",
                "http://a_b"
            })
    void whatIsNoPlainWebAddressIsRefused(String text) {
        assertThat(Scalars.URL.reading().apply(text)).isEmpty();
    }

    @Test
    void aUrlWithAPasswordIsNotShown() {
        assertThat(Scalars.URL.shown().apply("http://user:password@host")).isEqualTo("***");
    }

    @ParameterizedTest
    @CsvSource({
        "2027-01-01, 2027-01-01T00:00:00Z",
        "2027-01-01T12:00:00Z, 2027-01-01T12:00:00Z",
        "2027-01-01T12:00:00.5+02:00, 2027-01-01T10:00:00.5Z"
    })
    void aDayBeginsInUtc(String text, Instant value) {
        assertThat(Scalars.MOMENT.reading().apply(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2027", "2027-02-30", "2027-1-1", "01.01.2027", "2027-01-01T12:00:00", "tomorrow"})
    void whatIsNoMomentIsRefused(String text) {
        assertThat(Scalars.MOMENT.reading().apply(text)).isEmpty();
    }

    @Test
    void aZoneIsKnownByItsExactName() {
        assertThat(Scalars.ZONE.reading().apply("Europe/Rome")).contains(ZoneId.of("Europe/Rome"));
        assertThat(Scalars.ZONE.reading().apply("Europe/Roma")).isEmpty();
        assertThat(Scalars.ZONE.complaint("Europe/Roma"))
                .isEqualTo("expected: a time zone such as Europe/Rome; did you mean `Europe/Rome`?");
    }

    @Test
    void moneyIsPositiveAndAPriceMayBeZero() {
        assertThat(Forms.NANO_USD.reading().apply("2.50 USD")).contains(2_500_000_000L);
        assertThat(Forms.NANO_USD.reading().apply("0 USD")).isEmpty();
        assertThat(Forms.NANO_USD.reading().apply("2.50 EUR")).isEmpty();
        assertThat(Forms.PICO_USD_PER_TOKEN.reading().apply("0 USD")).contains(0L);
        assertThat(Forms.PICO_USD_PER_TOKEN.reading().apply("1000 USD")).contains(1_000_000_000L);
        assertThat(Forms.PICO_USD_PER_TOKEN.reading().apply("1000.01 USD")).isEmpty();
    }

    @Test
    void visibleCharactersAreThoseOfAsciiWithoutTheSpace() {
        Grammar<String> three = Scalars.visible(3, 3);
        assertThat(three.reading().apply("a~!")).contains("a~!");
        assertThat(three.reading().apply("a b")).isEmpty();
        assertThat(three.reading().apply("aéb")).isEmpty();
        assertThat(three.reading().apply("ab")).isEmpty();
        assertThat(three.reading().apply("abcd")).isEmpty();
    }
}
