package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.dialect.openai.OpenAiRequest.Target;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which turns of a chat are left out, and what is left. */
class TrimmedTest {
    private static final String SYSTEM = message("system", "be brief");
    private static final String FIRST = message("user", "first question") + "," + message("assistant", "first answer");
    private static final String CALL =
            "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}";
    private static final String RESULT = "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"42\"}";
    private static final String SECOND =
            message("user", "second") + "," + CALL + "," + RESULT + "," + message("assistant", "42");
    private static final String LAST = message("user", "the last question");

    @Test
    void theOldestTurnsGoAndTheSystemAndTheLastTurnStay() {
        assertThat(within(0.9, SYSTEM, FIRST, SECOND, LAST)).contains(SYSTEM + "," + SECOND + "," + LAST);
        assertThat(within(0.4, SYSTEM, FIRST, SECOND, LAST)).contains(SYSTEM + "," + LAST);
        assertThat(within(0.01, SYSTEM, FIRST, SECOND, LAST)).contains(SYSTEM + "," + LAST);
    }

    @Test
    void whatTheSystemSaysLaterStaysWhereItIs() {
        assertThat(within(0.1, FIRST, SYSTEM, LAST)).contains(SYSTEM + "," + LAST);
    }

    @Test
    void aConversationOfOneTurnStaysWhole() {
        assertThat(within(0.1, SYSTEM, LAST)).isEmpty();
        assertThat(within(0.1, message("assistant", "hello"), LAST, CALL, RESULT))
                .isEmpty();
    }

    @Test
    void twoThingsThatAUserSaysInARowAreOneTurn() {
        assertThat(within(0.1, FIRST, message("user", "see"), LAST)).contains(message("user", "see") + "," + LAST);
    }

    @Test
    void aResultIsNeverLeftWithoutItsCall() {
        String late = message("user", "and while it runs") + "," + RESULT;
        assertThat(within(0.1, message("user", "run it"), CALL, late)).isEmpty();
        assertThat(within(0.1, message("user", "run it"), CALL, late, LAST)).contains(LAST);
    }

    private static String message(String role, String text) {
        return "{\"role\":\"" + role + "\", \"content\":\"" + text + "\"}";
    }

    /** The messages that are left. */
    private static Optional<String> within(double share, String... messages) {
        String head = "{\"model\":\"m\",\"messages\":[";
        byte[] body = (head + String.join(" , ", messages) + "],\"max_tokens\":5}").getBytes(StandardCharsets.UTF_8);
        OpenAiRequest request = ((Decoded.Request) Route.CHAT.decode(body)).request();
        return request.trimmed(share).map(shorter -> {
            assertThat(shorter.ask().size().textBytes())
                    .isLessThan(request.ask().size().textBytes());
            byte[] sent = shorter.forBackend(new Target("m", 5, Optional.empty(), Counting.AT_THE_END));
            String text = new String(sent, StandardCharsets.UTF_8);
            assertThat(text).startsWith(head).endsWith("],\"max_tokens\":5}");
            return text.substring(head.length(), text.indexOf("],\"max_tokens\""));
        });
    }
}
