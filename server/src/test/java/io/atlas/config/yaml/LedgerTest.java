package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.secret.Secret;
import io.atlas.testing.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code ledger}, on the ninth line, and what of it may change while the gateway runs. */
class LedgerTest {
    @TempDir
    private Path folder = Path.of("");

    private static final String URL = "jdbc:postgresql://db:5432/atlas?sslmode=require";
    private static final String EXPECTED =
            "expected: jdbc:postgresql://HOST[:PORT]/DATABASE, without user and password";
    private static final String GATHERED = "ledger: { store: postgresql, postgresql: { url: \"" + URL
            + "\", user: atlas, password: \"${KEY}\", receipts: 400d } }";

    @Test
    void aDatabaseHasAnAddressAUserAndAPassword() {
        assertThat(configuration(GATHERED).database())
                .contains(new LedgerDatabase(
                        URL,
                        Optional.of("atlas"),
                        Optional.of(new Secret("k".repeat(16))),
                        Optional.of(Duration.ofDays(400))));
        assertThat(configuration(GATHERED).toString()).doesNotContain("k".repeat(16));
    }

    @Test
    void withoutOneTheLinesStayOnTheNodesDisk() {
        assertThat(configuration("ledger: { store: sqlite }").database()).isEmpty();
        assertThat(configuration("").database()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { store: postgresql }                               | 1: error: url: missing (URL)
            { store: postgresql, postgresql: { user: atlas } }  | 30: error: url: missing (URL)
            { store: postgresql, postgresql: { url: "db:1/x" } } | 49: error: url: db:1/x (URL)
            { store: postgresql, postgresql: { url: "jdbc:postgresql://u:s3cret@db/x" } } | 49: error: url: *** (URL)
            { store: postgresql, postgresql: { url: "jdbc:postgresql://db/x?password=s3cret" } } | 49: error: url: *** (URL)
            { postgresql: { url: "jdbc:postgresql://db/x" } }   | 11: warning: postgresql: unused (expected: store: postgresql)
            { postgresql: { pool: 5 } }                         | 25: error: pool: unknown key (expected: one of password, receipts, url, user)
            { store: postgresql, postgresql: { url: "jdbc:postgresql://db/x", receipts: 0d } } | 85: error: receipts: 0d (expected: 1d to 3650d)
            { store: redis }                                    | 18: error: store: redis (expected: one of postgresql, sqlite)
            """)
    void aMistakeIsReportedWithPlaceAndExpectation(String section, String finding) {
        assertThat(Yaml.findings(Yaml.WORLD + "ledger: " + section + "\n"))
                .contains("atlas.yaml:9:" + finding.replace("URL", EXPECTED))
                .noneMatch(text -> text.contains("s3cret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            store: postgresql | store: sqlite | 11: error: ledger.store: changed (expected: postgresql, as it runs, or a restart)
            user: atlas       | user: other   | 100: error: ledger.postgresql.user: changed (expected: atlas, as it runs, or a restart)
            ${KEY}            | ${OTHER}      | 113: error: ledger.postgresql.password: changed (expected: ***, as it runs, or a restart)
            //db:5432         | //db2:5432    | 44: error: ledger.postgresql.url: changed (expected: URL, as it runs, or a restart)
            """)
    void aChangeNeedsARestart(String from, String to, String finding) {
        assertThat(GATHERED).contains(from);
        byte[] next = (Yaml.WORLD + GATHERED.replace(from, to) + "\n").getBytes(StandardCharsets.UTF_8);
        Reading reading = ConfigurationReader.read(
                "atlas.yaml",
                next,
                name -> Optional.of((name.equals("KEY") ? "k" : "o").repeat(16)),
                Yaml.TODAY,
                configuration(GATHERED));
        assertThat(Yaml.printed(reading)).contains("atlas.yaml:9:" + finding.replace("URL", URL));
    }

    private static Configuration configuration(String ledger) {
        return Yaml.configuration(Yaml.WORLD + ledger + "\n");
    }

    @Test
    void redisNeedsToBeSomewhere() {
        assertThat(Yaml.findings(Yaml.WORLD + "quota: { store: redis }\n"))
                .containsExactly("atlas.yaml:9:10: error: store: redis (expected: redis: { url: \"redis://HOST:PORT\" }"
                        + " beside it)");
        assertThat(Yaml.findings(Yaml.WORLD + """
                        quota: { store: redis, redis: { url: "http://u:secret@127.0.0.1" } }
                        """))
                .containsExactly("atlas.yaml:9:38: error: url: *** (expected: redis://HOST[:PORT][/DATABASE],"
                        + " rediss://..., redis-sentinel://HOST[:PORT],...#MASTER, or redis-cluster://HOST[:PORT],...;"
                        + " in a password @ is %40, / is %2F, % is %25)");
    }

    @Test
    void redisMayBeFoundThroughSentinels() {
        String url = "redis-sentinel://:secret@10.0.0.7,10.0.0.8:26380,[HOST]/2#atlas";
        String quota = "quota: { store: redis, redis: { url: \"%s\" } }\n";
        assertThat(Yaml.findings(Yaml.WORLD + quota.formatted(url.replace("[HOST]", "sentinel.example"))))
                .isEmpty();
        assertThat(Yaml.findings(Yaml.WORLD + quota.formatted("redis-sentinel://10.0.0.7")))
                .containsExactly("atlas.yaml:9:38: error: url: redis-sentinel://10.0.0.7 (expected:"
                        + " redis://HOST[:PORT][/DATABASE], rediss://..., redis-sentinel://HOST[:PORT],...#MASTER,"
                        + " or redis-cluster://HOST[:PORT],...)");
    }

    @Test
    void redisMayBeAClusterWhichHasNoDatabases() {
        String url = "redis-cluster://atlas:secret@10.0.0.7,10.0.0.8:7000,redis.example";
        String quota = "quota: { store: redis, redis: { url: \"%s\" } }\n";
        assertThat(Yaml.findings(Yaml.WORLD + quota.formatted(url))).isEmpty();
        assertThat(Yaml.findings(Yaml.WORLD + quota.formatted("rediss-cluster://10.0.0.7")))
                .isEmpty();
        assertThat(Yaml.findings(Yaml.WORLD + quota.formatted("redis-cluster://10.0.0.7/2")))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redis://10.0.0.7?sslrootcert=FILE              | 33: error: url: sslrootcert (expected: rediss, which is TLS)
            rediss://10.0.0.7?sslrootcert=FILE             |
            rediss://:a%40b@10.0.0.7/1?sslrootcert=FILE    |
            rediss-cluster://10.0.0.7,redis.example?sslrootcert=FILE |
            rediss-sentinel://10.0.0.7,10.0.0.8/1?sslrootcert=FILE#atlas |
            rediss://10.0.0.7?sslrootcert=/nowhere.pem     | 33: error: url: sslrootcert=/nowhere.pem (expected: a readable file of certificates in PEM; NoSuchFileException)
            rediss://:se^cret@10.0.0.7                     | 38: error: url: *** (
            rediss://:se/cret@10.0.0.7                     | 38: error: url: *** (
            rediss://10.0.0.7?sslrootcert=relative.pem     | 38: error: url: rediss://10.0.0.7?sslrootcert=relative.pem (
            """)
    void aRedisBehindTlsMayBeSignedForByAPrivateAuthority(String url, @Nullable String finding) {
        Path roots = Certificates.in(folder, "dns:redis.example").authority();
        String quota =
                "quota: { store: redis, redis: { url: \"%s\" } }\n".formatted(url.replace("FILE", roots.toString()));
        if (finding == null) {
            assertThat(Yaml.findings(Yaml.WORLD + quota)).isEmpty();
        } else {
            assertThat(Yaml.findings(Yaml.WORLD + quota))
                    .singleElement()
                    .asString()
                    .startsWith("atlas.yaml:9:" + finding)
                    .doesNotContain("cret@");
        }
    }

    @Test
    void whatIsNoCertificateSignsForNobody() throws IOException {
        Path roots = Files.writeString(folder.resolve("roots.pem"), "no certificate");
        assertThat(Yaml.findings(Yaml.WORLD
                        + "quota: { store: redis, redis: { url: \"rediss://10.0.0.7?sslrootcert=%s\" } }\n"
                                .formatted(roots)))
                .singleElement()
                .asString()
                .startsWith("atlas.yaml:9:33: error: url: sslrootcert=" + roots + " (expected: a readable file of");
    }
}
