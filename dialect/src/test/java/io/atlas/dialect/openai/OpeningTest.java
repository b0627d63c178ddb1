package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** By what the requests of one conversation are known to belong together. */
class OpeningTest {
    private static final String FIRST =
            "{\"role\":\"system\",\"content\":\"be kind\"},{\"role\":\"user\",\"content\":\"why?\"}";

    @Test
    void theTurnsOfAConversationBeginAlike() {
        String later = FIRST + ",{\"role\":\"assistant\",\"content\":\"so\"},{\"role\":\"user\",\"content\":\"hm\"}";

        assertThat(opening(FIRST)).isEqualTo("be kind\nwhy?").isEqualTo(opening(later));
        assertThat(opening(FIRST.replace("why", "how"))).isNotEqualTo(opening(FIRST));
    }

    @Test
    void noMoreThanABoundIsTakenOfALongPrompt() {
        String prompt = "{\"model\":\"small\",\"prompt\":\"" + "x".repeat(10_000) + "\"}";
        assertThat(Bodies.read(Route.COMPLETION, prompt).opening()).hasSize(2_048);
    }

    @Test
    void whatIsEmbeddedIsNoConversation() {
        assertThat(Bodies.read(Route.EMBEDDING, Bodies.of(Route.EMBEDDING, "")).opening())
                .isEmpty();
        assertThat(Bodies.read(Route.COMPLETION, "{\"model\":\"small\",\"prompt\":[1,2]}")
                        .opening())
                .isEmpty();
    }

    private static String opening(String messages) {
        return Bodies.read(Route.CHAT, "{\"model\":\"small\",\"messages\":[" + messages + "]}")
                .opening();
    }
}
