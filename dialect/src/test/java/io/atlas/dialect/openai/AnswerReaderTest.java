package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Answer;
import io.atlas.kernel.unit.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerReaderTest {
    @Test
    void theUsageOfAnAnswerIsRead() {
        assertThat(read(
                        Route.COMPLETION,
                        "{\"choices\":[{\"text\":\"a\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}"))
                .isEqualTo(new Answer.Whole(Optional.of(Usage.of(3, 4)), ""));
        assertThat(read(
                        Route.EMBEDDING,
                        "{\"data\":[{\"embedding\":[0.1,0.2]}],\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}"))
                .isEqualTo(new Answer.Whole(Optional.of(Usage.of(3, 0)), ""));
    }

    @Test
    void withoutUsageTheTextIsThereForCounting() {
        assertThat(read(Route.COMPLETION, "{\"choices\":[{\"text\":\"one\"},{\"text\":\" two\"}]}"))
                .isEqualTo(new Answer.Whole(Optional.empty(), "one two"));
        assertThat(read(Route.EMBEDDING, "{\"data\":[{\"embedding\":\"AAAA\"}]}"))
                .isEqualTo(new Answer.Whole(Optional.empty(), ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CHAT|{\"data\":[]}",
                "COMPLETION|{\"data\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}",
                "EMBEDDING|{\"choices\":[{\"text\":\"a\"}]}",
                "EMBEDDING|{\"data\":7}",
                "CHAT|{\"choices\":null}",
                "CHAT|[]",
                "EMBEDDING|{",
            })
    void theAnswerToAnotherQuestionIsNonsense(Route route, String body) {
        assertThat(read(route, body)).isInstanceOf(Answer.Nonsense.class);
    }

    @Test
    void anErrorIsNoAnswer() {
        assertThat(read(Route.EMBEDDING, "{\"data\":[],\"error\":{\"message\":\"no\"}}"))
                .isEqualTo(new Answer.Failed("no"));
    }

    private static Answer read(Route route, String body) {
        return AnswerReader.read(route, body.getBytes(StandardCharsets.UTF_8));
    }
}
