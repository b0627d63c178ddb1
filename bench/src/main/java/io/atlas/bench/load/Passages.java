package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A long row of text out of which stretches are taken, so that a new prompt costs a copy and no more: its bytes, and where
 * each of its pieces begins. Never changed.
 */
final class Passages {
    private static final int WORDS = 60_000;
    private static final int LEAST_WORDS = 235;
    private static final int MOST_WORDS = 350;

    /** The longest stretch can begin at many places. */
    private static final int WRITTEN_BYTES = 3 << 19;

    private final byte[] text;
    private final int[] starts;

    private Passages(byte[] text, int[] starts) {
        this.text = text;
        this.starts = starts;
    }

    /** A stretch of the row. */
    record Stretch(byte[] text, int start, int length) {
        void writeTo(ByteBuf bytes) {
            bytes.writeBytes(text, start, length);
        }

        /** Its words, as the upstream counts them. */
        int words() {
            int words = 0;
            for (int i = start; i < start + length; i++) {
                if (text[i] != ' ' && (i == start || text[i - 1] == ' ')) {
                    words++;
                }
            }
            return words;
        }
    }

    /** Made-up words of two to nine letters. */
    static Passages words(long seed) {
        return of(new SplittableRandom(seed), WORDS, Passages::madeUpWord);
    }

    /** A text in that script. */
    static Passages written(Script script, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int bytesOfSome = of(random, LEAST_WORDS, script::piece).text.length;
        return of(random, (int) ((long) WRITTEN_BYTES * LEAST_WORDS / bytesOfSome), script::piece);
    }

    /** Some of the words. */
    Stretch some(SplittableRandom random) {
        int count = random.nextInt(LEAST_WORDS, MOST_WORDS + 1);
        int first = random.nextInt(starts.length - 1 - count);
        return new Stretch(text, starts[first], starts[first + count] - starts[first]);
    }

    /** At most so many bytes, and only so much less that it ends between two pieces. */
    Stretch ofBytes(int bytes, SplittableRandom random) {
        int last = Arrays.binarySearch(starts, text.length - bytes);
        int start = starts[random.nextInt(last < 0 ? -last - 1 : last)];
        int end = Arrays.binarySearch(starts, start + bytes);
        return new Stretch(text, start, starts[end < 0 ? -end - 2 : end] - start);
    }

    private static Passages of(SplittableRandom random, int pieces, Function<SplittableRandom, String> piece) {
        int[] starts = new int[pieces + 1];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < pieces; i++) {
            starts[i] = out.size();
            out.writeBytes(piece.apply(random).getBytes(UTF_8));
        }
        starts[pieces] = out.size();
        return new Passages(out.toByteArray(), starts);
    }

    private static String madeUpWord(SplittableRandom random) {
        StringBuilder word = new StringBuilder();
        for (int letters = random.nextInt(2, 10); letters > 0; letters--) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.append(' ').toString();
    }
}
