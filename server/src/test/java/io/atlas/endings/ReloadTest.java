package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A configuration that changes while the gateway serves. */
@Timeout(300)
class ReloadTest {
    private static final int RELOADS = 100;
    private static final int WARM = 500;
    private static final int CALLERS = 12;
    private static final long SEED = 20_261_125;
    private static final long IN_FORCE_MILLIS = 1_000;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aHundredReloadsUnderLoadFailNoRequestAndAreInForceWithinASecond() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                AtlasProcess atlas = AtlasProcess.start(folder, terms(oracle, 0));
                Crowd crowd = Crowd.of(
                        CALLERS,
                        atlas.port(),
                        List.of(House.secret("steady")),
                        List.of("openai/echo", "openai/words-20"),
                        new AtomicInteger(),
                        SEED)) {
            Await.until("all classes are loaded, and most code is compiled", () -> crowd.whole() > WARM);
            assertThat(atlas.desk().status(secret(0))).isEqualTo(200);
            List<Long> millis = new ArrayList<>();
            for (int i = 1; i <= RELOADS; i++) {
                change(terms(oracle, i).text(), i);
                millis.add(inForce(atlas, i));
            }
            List<Crowd.Answer> answers = crowd.end();
            assertThat(answers)
                    .filteredOn(answer -> answer.seen() != Crowd.Seen.WHOLE)
                    .isEmpty();
            assertThat(answers).hasSizeGreaterThan(RELOADS);
            usedIsWhatTheLedgerHolds(atlas);
            assertThat(millis)
                    .as("milliseconds until a change is in force")
                    .allMatch(taken -> taken <= IN_FORCE_MILLIS);
        }
    }

    /** The amount, the key and the tier of one tenant are those of the file, and the key before is unknown. */
    private static long inForce(AtlasProcess atlas, int version) throws Exception {
        long start = System.nanoTime();
        Await.until("reload " + version, () -> atlas.desk().status(secret(version)) == 200);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertThat(atlas.desk().status(secret(version - 1))).isEqualTo(401);
        JsonNode limit = atlas.desk().quota(secret(version)).getFirst();
        assertThat(limit.path("amount").asLong()).isEqualTo(1_000 + version);
        int models = version % 2 == 0 ? 3 : 1;
        assertThat(atlas.desk().models(secret(version))).hasSize(models);
        return millis;
    }

    private static void usedIsWhatTheLedgerHolds(AtlasProcess atlas) throws Exception {
        atlas.desk().awaitNothingHeld();
        JsonNode usage = atlas.desk().usage("tenant").path("rows").values().stream()
                .filter(row -> row.path("tenant").asString().equals("steady"))
                .findFirst()
                .orElseThrow();
        long tokens = usage.path("input_tokens").asLong()
                + usage.path("output_tokens").asLong();
        String come = RELOADS % 3 == 0 ? "requests/week" : "tokens/month";
        assertThat(atlas.desk().limit("steady:tokens/day").path("used").asLong())
                .isEqualTo(tokens);
        assertThat(atlas.desk().limit("steady:" + come).path("used").asLong())
                .isEqualTo(RELOADS % 3 == 0 ? usage.path("charged_requests").asLong() : tokens);
    }

    /** Written over the old one, or in another's place. */
    private void change(String text, int version) throws Exception {
        Path file = folder.resolve("atlas.yaml");
        if (version % 2 == 0) {
            Files.writeString(file, text);
        } else {
            Path next = Files.writeString(folder.resolve("atlas.next.yaml"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void aBadFileIsRefusedWithItsPlaceAndTheLastGoodOneKeepsRunning() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                AtlasProcess atlas = AtlasProcess.start(folder, terms(oracle, 0))) {
            String good = terms(oracle, 0).text();
            refused(atlas, good, text -> text.replace("probe: { tier: all", "probe: { tier: alll"), "tier: alll");
            refused(
                    atlas,
                    good,
                    text -> text.replace("127.0.0.1:0\", data", "127.0.0.1:1\", data"),
                    "server.listen: changed");
            assertThat(atlas.desk().status(secret(0))).isEqualTo(200);
            change(terms(oracle, 2).text(), 2);
            Await.until(
                    "good again",
                    () -> atlas.desk().configuration().path("refused").isNull());
            assertThat(atlas.desk().status(secret(2))).isEqualTo(200);
        }
    }

    private void refused(AtlasProcess atlas, String good, UnaryOperator<String> mistake, String message)
            throws Exception {
        String bad = mistake.apply(good);
        assertThat(bad).isNotEqualTo(good);
        change(bad, 1);
        Await.until(
                message,
                () -> atlas.desk().configuration().path("refused").toString().contains(message));
        JsonNode finding = atlas.desk().configuration().path("refused").path("findings").values().stream()
                .filter(one -> one.path("severity").asString().equals("error"))
                .findFirst()
                .orElseThrow();
        int line = finding.path("line").asInt();
        assertThat(bad.lines().toList().get(line - 1))
                .isNotEqualTo(good.lines().toList().get(line - 1));
    }

    @Test
    void theSignalReadsTheFileAgainWithWhatItRefersTo() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), secret(1));
        try (OracleUpstream oracle = OracleUpstream.start()) {
            Terms terms = terms(oracle, "\"${file:" + key + "}\"", 1);
            try (AtlasProcess atlas = AtlasProcess.start(folder, terms)) {
                assertThat(atlas.desk().status(secret(1))).isEqualTo(200);
                Files.writeString(key, secret(2));
                atlas.hangUp();
                Await.until("the new key", () -> atlas.desk().status(secret(2)) == 200);
                assertThat(atlas.desk().status(secret(1))).isEqualTo(401);
            }
        }
    }

    @Test
    void whatIsOpenOnABackendThatGoesComesToItsEnd() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                OracleUpstream other = OracleUpstream.start();
                AtlasProcess atlas = AtlasProcess.start(folder, terms(oracle, 0))) {
            Customer steady = new Customer(atlas.desk(), atlas.port(), "steady", House.secret("steady"));
            try (Conversation open =
                    steady.converse(Question.to("openai/words-120", "old").streamed())) {
                open.words(1);
                change(terms(other, 2).text(), 2);
                Await.until("in force", () -> atlas.desk().status(secret(2)) == 200);
                HttpResponse<String> answer = steady.ask(Question.to("openai/echo", "new"));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(open.endsWell()).isTrue();
            }
            assertThat(oracle.journal().of("old")).hasSize(1);
            assertThat(oracle.journal().of("new")).isEmpty();
            assertThat(other.journal().of("new")).hasSize(1);
        }
    }

    private Terms terms(OracleUpstream oracle, int version) {
        return terms(oracle, secret(version), version);
    }

    /** Limits of one tenant come and go while he is served; another has always a new amount, key and tier. */
    private Terms terms(OracleUpstream oracle, String secret, int version) {
        String come = version % 3 == 0 ? "{ requests: 1G, per: week }" : "{ tokens: 1G, per: month }";
        String tier = version % 2 == 0 ? "all" : "few";
        return new Terms(
                folder,
                List.of(House.backend("openai", "openai", oracle, "")),
                List.of("openai/echo", "openai/words-20", "openai/words-120"),
                List.of(
                        House.tenant("steady", "[ { tokens: 1G, per: day }, " + come + " ]"),
                        "probe: { tier: " + tier + ", limits: [ { requests: " + (1_000 + version)
                                + ", per: day } ], keys: { k: { secret: " + secret + " } } }"));
    }

    private static String secret(int version) {
        return "the-secret-of-version-" + version + "-of-it";
    }
}
