package io.atlas.dialect.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.wire.Splice.Span;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpliceTest {
    @Test
    void placesAreReplacedWithLongerShorterAndNothingAndTheRestStays() {
        Splice splice = new Splice()
                .replace(new Span(8, 9), bytes(""))
                .replace(new Span(0, 1), bytes("zero"))
                .replace(new Span(3, 6), bytes("-"));
        assertThat(spliced(splice, "0123456789")).isEqualTo("zero12-679");
    }

    @Test
    void whatIsInsertedAtOnePointKeepsItsOrderAlsoAtTheEnds() {
        Splice splice = new Splice()
                .replace(new Span(3, 3), bytes("y"))
                .replace(new Span(0, 0), bytes("a"))
                .replace(new Span(3, 3), bytes("z"))
                .replace(new Span(0, 0), bytes("b"));
        assertThat(spliced(splice, "012")).isEqualTo("ab012yz");
    }

    @Test
    void withoutChangesTheDocumentItselfIsGivenBack() {
        byte[] document = bytes("{}");
        assertThat(new Splice().apply(document)).isSameAs(document);
    }

    private static String spliced(Splice splice, String document) {
        return new String(splice.apply(bytes(document)), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
