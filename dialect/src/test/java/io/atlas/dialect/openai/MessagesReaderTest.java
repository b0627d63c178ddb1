package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Ask.PromptSize;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesReaderTest {
    private static final String IMAGE =
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\",\"detail\":\"low\"}}";
    private static final String TEXT = "{\"type\":\"text\",\"text\":\"what is it\"}";

    @Test
    void anImageIsCountedAndIsNoText() {
        PromptSize without =
                Bodies.read(Route.CHAT, Bodies.chat("[" + TEXT + "]")).ask().size();
        OpenAiRequest request = Bodies.read(Route.CHAT, Bodies.chat("[" + TEXT + "," + IMAGE + "," + IMAGE + "]"));
        PromptSize size = request.ask().size();
        String url = "\"data:image/png;base64,AAAA\"";
        assertThat(size.images()).isEqualTo(2);
        assertThat(size.textOnly()).isFalse();
        assertThat(size.textBytes()).isEqualTo(without.textBytes() + 2L * (IMAGE.length() + 1 - url.length()));
        assertThat(request.promptText().texts()).containsExactly("what is it");
    }

    @Test
    void aSlashMayBeEscapedAndTheTypeMayComeLast() {
        String image = "{\"image_url\":{\"url\":\"data:image\\/png;base64,AAAA\"},\"type\":\"image_url\"}";
        assertThat(Bodies.read(Route.CHAT, Bodies.chat("[" + image + "]"))
                        .ask()
                        .size()
                        .images())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\"", "\"da", "\"data:image", "\"data:image/", "\"data:image\\\\", "\"data:image/png,AAAA"})
    void aBodyThatBreaksOffWithinAnImageIsRefused(String rest) {
        String body = Bodies.chat("[{\"type\":\"image_url\",\"image_url\":{\"url\":" + rest);
        assertThat(Bodies.fault(Route.CHAT, body.substring(0, body.length() - "}]}".length()))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void sixteenImagesAreTheMost() {
        String many = String.join(",", Collections.nCopies(16, IMAGE));
        assertThat(Bodies.read(Route.CHAT, Bodies.chat("[" + many + "]"))
                        .ask()
                        .size()
                        .images())
                .isEqualTo(16);
        assertThat(Bodies.fault(Route.CHAT, Bodies.chat("[" + many + "," + IMAGE + "]"))
                        .code())
                .isEqualTo("invalid_image_url");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.org/a.png\"}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://169.254.169.254/\"}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///etc/passwd\"}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:text/html,x\"}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":\" data:image/png,x\"}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":7}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{\"url\":null}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":{}}",
                "image_url|{\"type\":\"image_url\",\"image_url\":\"data:image/png;base64,AAAA\"}",
                "image_url|{\"type\":\"image_url\",\"image_url\":null,\"uuid\":\"x\"}",
                "image_url|{\"image_url\":{\"url\":\"http://example.org\"}}",
                "image_url|{\"type\":\"text\",\"text\":\"a\",\"image_url\":{\"url\":\"http://example.org\"}}",
                "messages|{\"type\":\"text\",\"text\":\"a\",\"image_url\":{\"url\":\"data:image/png,x\"}}",
                "messages|{\"type\":\"image_url\",\"text\":\"a\"}",
                "messages|{\"text\":\"a\"}",
                "messages|{\"type\":\"hologram\"}",
                "messages|{\"type\":7}",
                "uuid|{\"type\":\"image_url\",\"uuid\":\"x\",\"image_url\":{\"url\":\"data:image/png,x\"}}",
                "input_audio|{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}",
                "input_audio|{\"input_audio\":{\"data\":\"AAAA\"}}",
                "file|{\"type\":\"file\",\"file\":{\"file_id\":\"x\"}}",
                "video_url|{\"type\":\"video_url\",\"video_url\":{\"url\":\"http://example.org\"}}",
                "audio_url|{\"audio_url\":{\"url\":\"http://example.org\"},\"type\":\"text\"}",
                "image_embeds|{\"type\":\"text\",\"image_embeds\":\"AAAA\"}",
            })
    void whatIsNeitherTextNorAnImageThatComesAlongIsRefusedByName(String field, String part) {
        assertThat(Bodies.fault(Route.CHAT, Bodies.chat("[" + TEXT + "," + part + "]"))
                        .code())
                .isEqualTo("invalid_" + field);
    }

    @Test
    void aSpokenAnswerOfBeforeIsNotCalledUp() {
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"audio\":{\"id\":\"x\"}}]}";
        assertThat(Bodies.fault(Route.CHAT, body).code()).isEqualTo("invalid_audio");
    }
}
