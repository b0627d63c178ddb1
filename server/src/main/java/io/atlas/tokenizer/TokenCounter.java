package io.atlas.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.atlas.time.TimeSource;
import java.util.List;

/**
 * Counts tokens by {@code o200k_base}, the vocabulary of GPT-4o. It may be called from any thread and keeps that thread
 * busy for as long as the budget says, so that it is not for event loops.
 *
 * <p>Names of special tokens, such as {@code <|endoftext|>}, are counted as the ordinary text they are in a caller's
 * mouth.
 */
public final class TokenCounter {
    private static final long SLICE_BYTES = 4_096;

    private static final int WARMING_ROUNDS = 100;

    private final TimeSource time;

    public TokenCounter(TimeSource time) {
        this.time = time;
    }

    /** Loads the vocabulary, some 200 ms of work and 25 MB, if nobody has; whoever counts meanwhile waits for it. */
    public static void load() {
        ordinary("");
    }

    /**
     * Loads the vocabulary and counts until the code is compiled: a count of a cold process takes ten times as long, and
     * would fall back to bytes where a warm one is exact.
     */
    public void warm() {
        String prose = "The quick brown fox of 1984 jumps; \u00fcber {\"the\": [lazy, dog]}.\n".repeat(64);
        for (int i = 0; i < WARMING_ROUNDS; i++) {
            ordinary(prose);
        }
    }

    /** The tokens of a text, however long it is. */
    public long count(String text) {
        return count(List.of(text), Budget.UNLIMITED).tokens();
    }

    /**
     * The tokens of all texts together: counted in slices while the budget lasts, one for each byte after that. As a
     * token is at least one byte, that bound holds for every text; a cut between two slices changes the count by a token or
     * two where it cannot be made between words.
     */
    public Count count(List<String> texts, Budget budget) {
        ordinary(""); // Before the clock runs: loading is no part of what a text costs.
        return count(texts, budget, now());
    }

    /** The moment from which the time of a budget may be counted. */
    long now() {
        return time.nanos();
    }

    /** The same with a budget whose time has run since that moment. */
    Count count(List<String> texts, Budget budget, long startNanos) {
        boolean surely = within(budget.surelyBytes(), texts);
        Pace pace = new Pace(time, budget, startNanos);
        long tokens = 0;
        long counted = 0;
        long bounded = 0;
        for (String text : texts) {
            int at = 0;
            while (at < text.length() && (surely || counted == 0 || pace.another())) {
                Slice slice = Slice.of(text, at, Math.min(SLICE_BYTES, budget.bytes() - counted));
                if (slice.end() == at) {
                    break;
                }
                tokens += ordinary(text.substring(at, slice.end()));
                counted += slice.bytes();
                at = slice.end();
            }
            bounded += Slice.of(text, at, Long.MAX_VALUE).bytes();
        }
        return new Count(tokens + bounded, counted, bounded);
    }

    private static boolean within(long maxBytes, List<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            if (bytes + text.length() > maxBytes) {
                return false;
            }
            bytes += Slice.of(text, 0, Long.MAX_VALUE).bytes();
        }
        return bytes <= maxBytes;
    }

    private static long ordinary(String text) {
        return Vocabulary.O200K.countTokensOrdinary(text);
    }

    /** Loaded by the first who counts. */
    private static final class Vocabulary {
        static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }
}
