package io.atlas.dialect.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.wire.SseReader.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
            reader.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
            for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                events.add(text(event.get()));
            }
        }
        reader.last().ifPresent(event -> events.add(text(event)));
        return events;
    }

    private static String text(Event event) {
        return switch (event) {
            case Event.Data data -> new String(data.bytes(), StandardCharsets.UTF_8);
            case Event.Comment _ -> ":";
            case Event.TooLarge _ -> "too large";
        };
    }
}
