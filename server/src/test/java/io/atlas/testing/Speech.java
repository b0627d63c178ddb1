package io.atlas.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What one choice says.
 *
 * @param pieces one for each token: of the text, or of a call's arguments after an empty one that stands for its name
 * @param tool the tool it calls; empty where it is text
 * @param finish why it ends
 * @param overcount tokens that are reported but not said; empty where no usage is reported at all
 */
record Speech(List<String> pieces, String tool, String finish, Duration pause, OptionalInt overcount) {
    private static final List<String> WORDS = List.of("sun", "sea", "oak", "hill", "rain", "stone", "bird");
    private static final List<String> CALL = List.of("", "{\"q\":", "\"sun\"}");

    Speech {
        pieces = List.copyOf(pieces);
    }

    /** The words of a list, cut at the cap. */
    static Speech text(List<String> words, int maxTokens) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < Math.min(words.size(), maxTokens); i++) {
            pieces.add((i == 0 ? "" : " ") + words.get(i));
        }
        String finish = maxTokens < words.size() ? "length" : "stop";
        return new Speech(pieces, "", finish, Duration.ZERO, OptionalInt.of(0));
    }

    /** That many words of the upstream's own, cut at the cap. */
    static Speech text(int words, int maxTokens) {
        List<String> own = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            own.add(WORDS.get(i % WORDS.size()));
        }
        return text(own, maxTokens);
    }

    /** The call of a tool, cut at the cap. */
    static Speech call(String tool, int maxTokens) {
        List<String> pieces = CALL.subList(0, Math.min(CALL.size(), maxTokens));
        String finish = pieces.size() < CALL.size() ? "length" : "tool_calls";
        return new Speech(pieces, tool, finish, Duration.ZERO, OptionalInt.of(0));
    }

    /** The same, with that pause before each token. */
    Speech paced(Duration between) {
        return new Speech(pieces, tool, finish, between, overcount);
    }

    /** The same, with that many tokens reported too many, or no report. */
    Speech reporting(OptionalInt tooMany) {
        return new Speech(pieces, tool, finish, pause, tooMany);
    }
}
