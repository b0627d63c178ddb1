package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.secret.Digest;
import io.atlas.testing.OracleUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An issued key in the life and death of a process. */
@Timeout(120)
class KilledKeyTest {
    @TempDir
    Path folder;

    @Test
    void aKeyWhoseSecretWasShownSurvivesAKillAndStandsInNoFile() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start()) {
            Terms terms = new Terms(
                    folder.resolve("data"),
                    List.of(House.backend("openai", "openai", oracle, "")),
                    List.of("openai/words-12"),
                    List.of(House.tenant("acme", "[ { tokens: 1G, per: day } ]")));
            String secret;
            try (AtlasProcess atlas = AtlasProcess.start(folder, terms)) {
                secret = atlas.desk().createKey("acme");
                atlas.kill();
            }
            try (AtlasProcess atlas = AtlasProcess.start(folder, terms)) {
                assertThat(atlas.desk().quota(secret)).hasSize(1);
                atlas.beginToStop();
                assertThat(atlas.exitCode()).isZero();
            }
            assertThat(filesWith(secret)).isEmpty();
            assertThat(filesWith(secret.substring(15))).isEmpty();
            assertThat(filesWith(Digest.of(secret).hex())).containsExactly("ledger.db");
            assertThat(filesWith(secret.substring(0, 14)))
                    .contains("ledger.db")
                    .anyMatch(name -> name.startsWith("messages"));
        }
    }

    private List<String> filesWith(String text) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> bytes(file).contains(text))
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private static String bytes(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
