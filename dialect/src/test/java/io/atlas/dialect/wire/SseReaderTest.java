package io.atlas.dialect.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.wire.SseReader.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {
    @ParameterizedTest(name = "pieces of {0}")
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void eventsAreTheSameHoweverTheyAreCutAndWhateverEndsTheirLines(int size) {
        for (String end : List.of("\n", "\r\n", "\r")) {
            String stream = String.join(
                    end,
                    "data: {\"a\":\"é\"}",
                    "",
                    ": ping",
                    "event: x",
                    "data:no space",
                    "id: 7",
                    "data:  two",
                    "",
                    "",
                    "retry: 3",
                    "data: [DONE]",
                    "",
                    "");
            assertThat(events(stream, size))
                    .as("line end %s", Arrays.toString(end.getBytes(StandardCharsets.UTF_8)))
                    .containsExactly("{\"a\":\"é\"}", ":", "no space\n two", "[DONE]");
        }
    }

    @Test
    void anEventWithoutItsBlankLineIsReadAtTheEnd() {
        assertThat(events("data: a\n\ndata: b", 3)).containsExactly("a", "b");
        assertThat(events("data: a\n\ndata: b\n", 100)).containsExactly("a", "b");
    }

    @Test
    void everyStreamIsTheSameHoweverItIsCutInTwo() {
        String stream =
                "\uFEFFdata: caf\u00e9 \uD83C\uDF0A\r\n\r\n:\rdata\r\n\ndata: one\rdata:\rdata:  two\n\nevent:x\n\ndata:3";
        List<String> whole = events(stream, 10_000);
        assertThat(whole).containsExactly("caf\u00e9 \uD83C\uDF0A", ":", "", "one\n\n two", "3");
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < bytes.length; cut++) {
            SseReader reader = new SseReader();
            List<String> events = new ArrayList<>();
            read(reader, Arrays.copyOfRange(bytes, 0, cut), events);
            read(reader, Arrays.copyOfRange(bytes, cut, bytes.length), events);
            reader.last().ifPresent(event -> events.add(text(event)));
            assertThat(events).as("cut at byte %d", cut).isEqualTo(whole);
        }
    }

    @Test
    void theMarkOfTheByteOrderIsOneOnlyAtTheBeginning() {
        assertThat(events("\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: c\n\n", 1_000))
                .containsExactly("a", "c");
    }

    @Test
    void aCommentAtTheEndTakesNoEventWithIt() {
        assertThat(events("data: a\n: end", 1_000)).containsExactly("a");
        assertThat(events("data: a\n\n: end", 1_000)).containsExactly("a", ":");
    }

    @Test
    @Timeout(20)
    void aLongEventThatComesByteByByteIsLookedThroughOnce() {
        SseReader reader = new SseReader();
        List<String> events = new ArrayList<>();
        byte[] event =
                ("data: " + "x".repeat(SseReader.MAX_EVENT_BYTES - 10) + "\n\n").getBytes(StandardCharsets.UTF_8);
        for (byte one : event) {
            read(reader, new byte[] {one}, events);
        }
        assertThat(events).singleElement().satisfies(text -> assertThat(text).hasSize(SseReader.MAX_EVENT_BYTES - 10));
    }

    @Test
    void anEventWithoutEndIsGivenUp() {
        SseReader reader = new SseReader();
        byte[] chunk = "x".repeat(64 << 10).getBytes(StandardCharsets.UTF_8);
        reader.feed("data: ".getBytes(StandardCharsets.UTF_8));
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            reader.feed(chunk);
            reader.next().ifPresent(events::add);
        }
        assertThat(events).containsExactly(new Event.TooLarge());
    }

    private static List<String> events(String stream, int size) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        SseReader reader = new SseReader();
        List<String> events = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += size) {
            read(reader, Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)), events);
        }
        reader.last().ifPresent(event -> events.add(text(event)));
        return events;
    }

    private static void read(SseReader reader, byte[] bytes, List<String> events) {
        reader.feed(bytes);
        for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
            events.add(text(event.get()));
        }
    }

    private static String text(Event event) {
        return switch (event) {
            case Event.Data data -> new String(data.bytes(), StandardCharsets.UTF_8);
            case Event.Comment _ -> ":";
            case Event.TooLarge _ -> "too large";
        };
    }
}
