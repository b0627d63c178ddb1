package io.atlas.upstream.sim;

import io.atlas.tokenizer.TokenCounter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Small talk about the words of a question, cut into its tokens: every piece is exactly one of {@code o200k_base}, so
 * that whoever counts the text comes to the number the server reports.
 */
final class Prose {
    private static final List<String> SENTENCES = List.of(
            "The % comes first, and the rest follows from it.",
            "A good answer begins with the % and ends with a clear next step.",
            "Most people look at the % before they ask about the %.",
            "In practice the % matters more than it seems.",
            "Keep the % small, then measure again.",
            "That is why the % and the % belong together.",
            "If the % fails, the % still holds.",
            "There is no need to hurry: the % can wait.",
            "Once the % is clear, everything else is easy to see.",
            "We could also start from the % and work back.");
    private static final List<String> COMMONPLACES = List.of("question", "answer", "model", "word", "idea");
    private static final int MIN_SENTENCES = 2;
    private static final int MAX_SENTENCES = 12;

    private static final Pattern WORD = Pattern.compile("\\p{L}{4,20}");
    private static final Pattern PIECE = Pattern.compile(" ?[^ ,.:]+|[,.:]");
    /** What is read of a question, so that a long one costs no more than a short one. */
    private static final int MAX_CHARS = 4_000;

    private static final int MAX_WORDS = 40;

    private Prose() {}

    /** The words of a question that are one token in the middle of a sentence; some commonplaces if there are none. */
    static List<String> topics(String question, TokenCounter counter) {
        Set<String> words = new LinkedHashSet<>();
        Matcher matcher = WORD.matcher(question).region(0, Math.min(question.length(), MAX_CHARS));
        while (words.size() < MAX_WORDS && matcher.find()) {
            words.add(matcher.group());
        }
        List<String> topics =
                words.stream().filter(word -> counter.count(" " + word) == 1).toList();
        return topics.isEmpty() ? COMMONPLACES : topics;
    }

    /** The pieces of a few sentences, as the dice have it. */
    static List<String> pieces(List<String> topics, Dice dice) {
        int sentences = MIN_SENTENCES + dice.below(MAX_SENTENCES - MIN_SENTENCES + 1);
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < sentences; i++) {
            String sentence = SENTENCES.get(dice.below(SENTENCES.size()));
            Matcher matcher = PIECE.matcher(i == 0 ? sentence : " " + sentence);
            while (matcher.find()) {
                String piece = matcher.group();
                pieces.add(piece.equals(" %") ? " " + topics.get(dice.below(topics.size())) : piece);
            }
        }
        return pieces;
    }
}
