package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.config.Configuration;
import io.atlas.config.Key;
import io.atlas.secret.Digest;
import io.atlas.yaml.Environment;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SubstitutionTest {
    private static final String CLEAR =
            "warning: secret: written in clear (expected: \"${NAME}\" or \"${file:/path}\")";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ${HOST}           | 127.0.0.1
                    a${HOST}b${SHORT} | a127.0.0.1babc
                    ${NOT_SET:-other} | other
                    ${NOT_SET:-}x     | x
                    ${EMPTY}x         | x
                    ${EMPTY:-other}   | other
                    ${HOST:-other}    | 127.0.0.1
                    ${HOST:?needed}   | 127.0.0.1
                    $HOST             | $HOST
                    ${NOT_SET:-$}{a}  | ${a}
                    """)
    void aReferenceStandsForItsValue(String text, String value) {
        String yaml = Yaml.WORLD + "server: { data: '" + text + "' }\n";
        assertThat(Yaml.configuration(yaml).server().data()).isEqualTo(Path.of(value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ${NOT_SET}                | ${NOT_SET} (expected: a variable that is set)
                    ${NOT_SET:?set it first}  | ${NOT_SET} (expected: set it first)
                    ${EMPTY:?set it first}    | ${EMPTY} (expected: set it first)
                    ${A B}                    | ${A B} (expected: ${X}, ${X:-default}, ${X:?message} or ${file:/path})
                    ${file:relative}          | ${file:relative} (expected: ${X}, ${X:-default}, ${X:?message} or ${file:/path})
                    a${HOST                   | ${ (expected: a closing })
                    ${file:/no/such/file}     | ${file:/no/such/file} (expected: a readable file; NoSuchFileException)
                    """)
    void aReferenceToNothingIsAnError(String text, String message) {
        assertThat(Yaml.findings(Yaml.WORLD + "server: { data: '" + text + "' }\n"))
                .containsExactly("atlas.yaml:9:17: error: " + message);
    }

    @Test
    void everyReferenceOfATextIsReported() {
        assertThat(Yaml.findings(Yaml.WORLD + "server: { data: '${NO}/${NEITHER}' }\n"))
                .containsExactly(
                        "atlas.yaml:9:17: error: ${NEITHER} (expected: a variable that is set)",
                        "atlas.yaml:9:17: error: ${NO} (expected: a variable that is set)");
    }

    @Test
    void aWrongValueIsShownAsItIsWritten() {
        assertThat(Yaml.findings(Yaml.WORLD + "server: { listen: '${SHORT}' }\n"))
                .containsExactly(
                        "atlas.yaml:9:19: error: listen: ${SHORT} (expected: HOST:PORT such as 127.0.0.1:8080 or [::1]:8080)");
    }

    @Test
    void aSecretIsNeverShown() {
        assertThat(Yaml.findings(tenant("secret: 'not long'")))
                .containsExactly(
                        "atlas.yaml:9:55: error: secret: *** (expected: 16 to 256 visible ASCII characters)",
                        "atlas.yaml:9:55: " + CLEAR);
        assertThat(Yaml.findings(tenant("secret: '${SHORT}'")))
                .containsExactly("atlas.yaml:9:55: error: secret: *** (expected: 16 to 256 visible ASCII characters)");
    }

    @Test
    void aSecretInTheFileIsAWarning() {
        assertThat(Yaml.findings(tenant("secret: abcdefghijklmnop"))).containsExactly("atlas.yaml:9:55: " + CLEAR);
        assertThat(Yaml.findings(tenant("secret: '${NOT_SET:-abcdefghijklmnop}'")))
                .containsExactly("atlas.yaml:9:55: " + CLEAR);
        assertThat(Yaml.findings(tenant("secret: '${KEY}'"))).isEmpty();
    }

    @Test
    void aFileStandsForItsTextWithoutTheLastNewline(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "0123456789abcdef\r\n");
        Configuration read = Yaml.configuration(tenant("secret: '${file:" + file + "}'"));
        Key key = Yaml.at(Yaml.at(read.tenants(), "acme").members().keys(), "ci");
        assertThat(key.digest()).isEqualTo(Digest.of("0123456789abcdef"));
    }

    @Test
    void aFileOfAValueIsShortAndText(@TempDir Path folder) throws IOException {
        Path longest = Files.write(folder.resolve("longest"), new byte[Environment.MAX_FILE_BYTES]);
        assertThat(Environment.SYSTEM.text(longest)).hasSize(Environment.MAX_FILE_BYTES);
        Path longer = Files.write(folder.resolve("longer"), new byte[Environment.MAX_FILE_BYTES + 1]);
        assertThatThrownBy(() -> Environment.SYSTEM.text(longer)).isInstanceOf(IOException.class);
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff});
        assertThatThrownBy(() -> Environment.SYSTEM.text(binary)).isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void whatReferencesStandForIsBounded(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("long"), "x".repeat(40_000));
        String twice = "${file:" + file + "}${file:" + file + "}";
        assertThat(Yaml.findings(Yaml.WORLD + "server: { data: '" + twice + "' }\n"))
                .containsExactly("atlas.yaml:9:17: error: a text of 80000 characters (expected: at most 64KiB)");
    }

    @Test
    void theSystemKnowsItsOwnVariables() {
        assertThat(Environment.SYSTEM.variable("PATH")).isPresent();
        assertThat(Environment.SYSTEM.variable("ATLAS_NO_SUCH_VARIABLE")).isEmpty();
    }

    private static String tenant(String key) {
        return Yaml.WORLD + "tenants: { acme: { tier: pro, keys: { ci: {   " + key + " } } } }\n";
    }
}
