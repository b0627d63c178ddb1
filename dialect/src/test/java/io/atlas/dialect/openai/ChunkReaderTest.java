package io.atlas.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Delivery;
import io.atlas.dialect.neutral.Ask.Output;
import io.atlas.dialect.neutral.Ask.PromptSize;
import io.atlas.dialect.neutral.Ask.UsageWish;
import io.atlas.dialect.neutral.Delta;
import io.atlas.dialect.openai.OpenAiRequest.Counting;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.unit.Usage;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChunkReaderTest {
    @Test
    void aPieceCarriesItsTextAndItsEnd() {
        Delta.Piece piece = piece(
                reader(UsageWish.HIDDEN, 1),
                "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}");
        assertThat(piece.text()).isEqualTo("hi");
        assertThat(piece.finished()).isEqualTo(1);
        assertThat(piece.usage()).isEmpty();
    }

    @Test
    void aRunningCountIsKeptAndHidden() {
        String head = "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":null}]";
        String usage = "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}";
        Delta.Piece last = piece(reader(UsageWish.SHOWN, 1), head + "," + usage + "}");
        assertThat(text(last.relayed())).isEqualTo(head + "}");
        assertThat(last.usage()).contains(Usage.of(7, 3));
        Delta.Piece first = piece(
                reader(UsageWish.HIDDEN, 1), "{ " + usage + " , \"choices\":[]}".replace("[]", "[{\"index\":0}]"));
        assertThat(text(first.relayed())).isEqualTo("{  \"choices\":[{\"index\":0}]}");
        assertThat(text(piece(reader(UsageWish.SHOWN_RUNNING, 1), head + "," + usage + "}")
                        .relayed()))
                .contains("usage");
    }

    @Test
    void aCountBesideTheLastPieceIsShownOnlyWhereItIsTheOnlyOne() {
        String last =
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}";
        Ask ask = new Ask(
                "m",
                Delivery.STREAMED,
                new Output(OptionalLong.empty(), 1, 1),
                UsageWish.SHOWN,
                PromptSize.ofMessages(1, 1, 0),
                Features.NONE);
        assertThat(text(piece(new ChunkReader(ask, Counting.RUNNING), last).relayed()))
                .doesNotContain("usage");
        assertThat(text(piece(new ChunkReader(ask, Counting.AT_THE_END), last).relayed()))
                .isEqualTo(last);
    }

    @Test
    void runningCountsOfSeveralChoicesAreSummed() {
        ChunkReader reader = reader(UsageWish.HIDDEN, 2);
        String chunk =
                "{\"choices\":[{\"index\":%d,\"delta\":{}}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":%d}}";
        piece(reader, chunk.formatted(0, 5));
        assertThat(piece(reader, chunk.formatted(1, 4)).usage()).contains(Usage.of(7, 9));
    }

    @Test
    void runningCountsOfSeveralPromptsAreSummedOnceAllAreCounted() {
        Ask ask = new Ask(
                "m",
                Delivery.STREAMED,
                new Output(OptionalLong.empty(), 4, 4),
                UsageWish.HIDDEN,
                new PromptSize(1, 0, 0, 2, 0, 0),
                Features.NONE);
        ChunkReader reader = new ChunkReader(ask, Counting.RUNNING);
        String chunk =
                "{\"choices\":[{\"index\":%d,\"text\":\"a\"}],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}";
        assertThat(piece(reader, chunk.formatted(0, 7, 1)).usage()).isEmpty();
        assertThat(piece(reader, chunk.formatted(1, 7, 2)).usage()).isEmpty();
        assertThat(piece(reader, chunk.formatted(2, 5, 3)).usage()).contains(Usage.of(12, 6));
        assertThat(piece(reader, chunk.formatted(3, 5, 4)).usage()).contains(Usage.of(12, 10));
    }

    @Test
    void theTotalIsTheChunkWithoutChoicesButWithUsage() {
        ChunkReader reader = reader(UsageWish.SHOWN, 1);
        assertThat(reader.read(bytes("{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}")))
                .isInstanceOf(Delta.Total.class);
        assertThat(reader.read(bytes("{\"choices\":[],\"prompt_filter_results\":[]}")))
                .isInstanceOf(Delta.Piece.class);
    }

    @Test
    void anErrorIsNoAnswer() {
        ChunkReader reader = reader(UsageWish.SHOWN, 1);
        assertThat(reader.read(bytes("{\"error\":{\"message\":\"no GPU at 10.0.0.5:8000\",\"code\":500}}")))
                .isEqualTo(new Delta.Broken("no GPU at [address]"));
        assertThat(reader.read(bytes("{\"object\":\"error\",\"message\":\"flat\",\"code\":400}")))
                .isEqualTo(new Delta.Broken("flat"));
        assertThat(reader.read(bytes("{\"choices\":[],\"error\":null}"))).isInstanceOf(Delta.Piece.class);
        assertThat(reader.read(bytes("<html>"))).isInstanceOf(Delta.Nonsense.class);
        assertThat(reader.read(bytes("[DONE]"))).isInstanceOf(Delta.Done.class);
    }

    @Test
    void absurdUsageIsNone() {
        for (String usage : new String[] {
            "{\"prompt_tokens\":-1,\"completion_tokens\":2}",
            "{\"prompt_tokens\":\"1\",\"completion_tokens\":2}",
            "{\"prompt_tokens\":1e308,\"completion_tokens\":2}",
            "7",
            "null",
            "{}",
            "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}",
            "{\"prompt_tokens\":99999999999999,\"completion_tokens\":1}"
        }) {
            assertThat(piece(reader(UsageWish.HIDDEN, 1), "{\"choices\":[{\"index\":0}],\"usage\":" + usage + "}")
                            .usage())
                    .as(usage)
                    .isEmpty();
        }
    }

    private static ChunkReader reader(UsageWish wish, int choices) {
        return new ChunkReader(
                new Ask(
                        "m",
                        Delivery.STREAMED,
                        new Output(OptionalLong.empty(), choices, choices),
                        wish,
                        PromptSize.ofMessages(1, 1, 0),
                        Features.NONE),
                Counting.RUNNING);
    }

    private static Delta.Piece piece(ChunkReader reader, String data) {
        return (Delta.Piece) reader.read(bytes(data));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
