package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.yaml.YamlTree;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlTreeTest {
    private static final String FIRST = "apiVersion: atlas/v1\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    limits: [ 1\\ntiers: {}   | 3:6: error: no valid YAML: expected ',' or ']', but got :
                    limits: a: b              | 2:10: error: no valid YAML: mapping values are not allowed here
                    limits: @x                | 2:9: error: no valid YAML: found character '@' that cannot start any token. (Do not use @ for indentation)
                    x: 'no end                | 2:11: error: no valid YAML: found unexpected end of stream
                    ? [ 1 ]\\n: 2             | 2:4: error: no valid YAML: Expected a property name (Scalar value in YAML), got this instead: +SEQ []
                    """)
    void aSyntaxErrorIsOneFindingWithItsPlace(String line, String finding) {
        assertThat(Yaml.findings(FIRST + line.replace("\\n", "\n"))).containsExactly("atlas.yaml:" + finding);
    }

    @Test
    void aKeyThatStandsTwiceIsAnErrorThatNamesBothPlaces() {
        assertThat(Yaml.findings(FIRST + "tiers: {}\nx-a: { b: 1, b: 2 }\ntiers: {}\n"))
                .containsExactly(
                        "atlas.yaml:3:14: error: b: twice (first at atlas.yaml:3:8)",
                        "atlas.yaml:4:1: error: tiers: twice (first at atlas.yaml:2:1)");
    }

    @Test
    void anchorsAliasesAndTagsAreRefused() {
        assertThat(Yaml.findings(FIRST + "tiers: &t {}\nmodels: *t\nlimits: !!seq []\n"))
                .containsExactly(
                        "atlas.yaml:2:8: error: &t: an anchor (expected: the value alone)",
                        "atlas.yaml:3:9: error: *t: an alias (expected: the value itself)",
                        "atlas.yaml:4:9: error: a tag (expected: the value alone)");
    }

    @Test
    void aSecondDocumentIsAnError() {
        assertThat(Yaml.findings(FIRST + "---\n" + FIRST))
                .containsExactly("atlas.yaml:3:1: error: a second document (expected: one)");
    }

    @Test
    void nestingIsBounded() {
        assertThat(Yaml.findings(FIRST + "x-deep: " + "[".repeat(40) + "]".repeat(40) + "\n"))
                .containsExactly("atlas.yaml:2:41: error: nested too deeply (expected: at most 32 levels)");
    }

    @Test
    void aFileOfFourMebibytesIsReadAndOneByteMoreIsNot() {
        String comments = ("# " + "x".repeat(77) + "\n").repeat(60_000);
        byte[] longest = (FIRST + comments).substring(0, YamlTree.MAX_BYTES).getBytes(StandardCharsets.UTF_8);
        assertThat(Yaml.printed(Yaml.read(longest))).isEmpty();
        byte[] longer = new byte[YamlTree.MAX_BYTES + 1];
        assertThat(Yaml.printed(Yaml.read(longer)))
                .containsExactly("atlas.yaml:1:1: error: 4194305 bytes (expected: at most 4MiB)");
    }

    @Test
    void bytesThatAreNoTextAreFoundWhereTheyStand() {
        byte[] latin1 = (FIRST + "x-é: ü").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Yaml.printed(Yaml.read(latin1)))
                .containsExactly("atlas.yaml:2:3: error: a byte that is not UTF-8 (expected: a text in UTF-8)");
        byte[] cut = {'x', '-', 'a', ':', ' ', (byte) 0xc3};
        assertThat(Yaml.printed(Yaml.read(cut)))
                .containsExactly("atlas.yaml:1:6: error: a byte that is not UTF-8 (expected: a text in UTF-8)");
        assertThat(Yaml.findings(FIRST + "x-é: \u0001"))
                .containsExactly("atlas.yaml:2:6: error: a control character (expected: a text)");
    }

    @Test
    void columnsCountCharactersAndAByteOrderMarkIsNone() {
        assertThat(Yaml.findings("\uFEFFapiVersion: atlas/v3\nx-😀: { 😀: 1, 😀: 2 }\n"))
                .containsExactly(
                        "atlas.yaml:1:13: error: apiVersion: atlas/v3 (expected: atlas/v1)",
                        "atlas.yaml:2:14: error: 😀: twice (first at atlas.yaml:2:8)");
    }
}
