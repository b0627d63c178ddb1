package io.atlas.kernel.fair;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/** How fast the backend is and how long answers are, by those that came to their end, the later ones counting more. */
final class Pace {
    /** So many answers count; more of them count half. */
    private static final int WINDOW = 128;

    /** Fewer say nothing. */
    private static final int ENOUGH = 8;

    private long answers;
    private long work;
    private long outputTokens;
    private long placeMicros;

    /** An answer was so much work, and took a place for so long. */
    void saw(long cost, long tokens, long micros) {
        answers++;
        work += cost;
        outputTokens += tokens;
        placeMicros += Math.max(1, micros);
        if (answers >= WINDOW) {
            answers /= 2;
            work /= 2;
            outputTokens /= 2;
            placeMicros /= 2;
        }
    }

    /** The work that one place does in a microsecond. */
    OptionalDouble workPerPlaceMicro() {
        return answers < ENOUGH || work == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) work / placeMicros);
    }

    /** How long one answer takes a place. */
    double microsPerAnswer() {
        return (double) placeMicros / Math.max(1, answers);
    }

    /** How long an answer is, in the mean. */
    OptionalLong meanOutputTokens() {
        return answers < ENOUGH ? OptionalLong.empty() : OptionalLong.of(outputTokens / answers);
    }
}
