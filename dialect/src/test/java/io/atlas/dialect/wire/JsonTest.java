package io.atlas.dialect.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static final int ROUNDS = 20_000;
    private static final String[] TEXTS = {"a", "}", "\"", "\u007f", "é", "ß", "語", "😀", "\u0000"};

    @Test
    void whereverABodyStopsBeingAsciiItIsTakenForUtf8AsTheDecoderTakesIt() {
        Random random = new Random(8);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] body = body(random);
            boolean utf8 = decodes(body);
            assertThat(Json.startsAsObjectInUtf8(body)).isEqualTo(utf8);
            refused += utf8 ? 0 : 1;
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
    }

    /** An object's beginning, some texts, and in every second one a byte that may be wrong there. */
    private static byte[] body(Random random) {
        StringBuilder text = new StringBuilder("{a");
        text.repeat("x", random.nextInt(20));
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        text.repeat("y", random.nextInt(10));
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextBoolean() && body.length > 2) {
            body[2 + random.nextInt(body.length - 2)] = (byte) random.nextInt(256);
        }
        return body;
    }

    private static boolean decodes(byte[] body) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
