package io.atlas.bench.load;

import java.util.List;

/** How the mock upstream writes its streams. */
sealed interface Pace {
    /** All chunks one after the other. */
    record AtOnce() implements Pace {}

    /** That many chunks with a pause before each, then the rest together. */
    record Slowly(int chunks, long pauseMillis) implements Pace {}

    /** As fast as it is read, and without an end. */
    record Endlessly() implements Pace {}

    /** From words: none for all at once, {@code slowly CHUNKS PAUSE_MILLIS}, or {@code endlessly}. */
    static Pace of(List<String> words) {
        if (words.isEmpty()) {
            return new AtOnce();
        }
        if (words.getFirst().equals("endlessly")) {
            return new Endlessly();
        }
        return new Slowly(Integer.parseInt(words.get(1)), Long.parseLong(words.get(2)));
    }
}
