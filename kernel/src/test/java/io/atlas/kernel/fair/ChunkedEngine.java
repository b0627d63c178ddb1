package io.atlas.kernel.fair;

import io.atlas.kernel.capacity.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * An engine for language models as vLLM is one: it works in steps, each of which writes a token for everyone who is past
 * his prompt and reads a piece of the prompts that are not; it has so much memory for tokens, and begins a request again
 * that it took memory from. What a step costs was measured on a GPU of the middle class.
 */
final class ChunkedEngine {
    private static final int STEP_TOKENS = 2_048;
    private static final int SEQUENCES = 256;

    /** One request in the engine. */
    static final class Sequence {
        final long input;
        final long output;
        final long cameMicros;
        long read;
        long written;
        /** What has to be read again, of what it wrote before it lost its memory. */
        long again;

        long scheduledMicros = -1;
        boolean spoke;

        Sequence(long input, long output, long cameMicros) {
            this.input = input;
            this.output = output;
            this.cameMicros = cameMicros;
        }

        long unread() {
            return input + again - read;
        }

        boolean over() {
            return written == output;
        }
    }

    /** How much memory it has, in tokens, and how many times slower it is than it should be. */
    long kvTokens;

    double slowness = 1;
    private final Deque<Sequence> waiting = new ArrayDeque<>();
    private final List<Sequence> running = new ArrayList<>();
    private long kvUsed;
    long preemptions;
    /** Tokens that were read or written for the first time, the written ones twice. */
    long work;

    ChunkedEngine(long kvTokens) {
        this.kvTokens = kvTokens;
    }

    void arrive(Sequence sequence) {
        waiting.add(sequence);
    }

    boolean idle() {
        return waiting.isEmpty() && running.isEmpty();
    }

    Reading reading() {
        return new Reading(
                OptionalDouble.of(waiting.size()),
                OptionalDouble.of((double) kvUsed / kvTokens),
                OptionalLong.of(kvTokens),
                OptionalDouble.of((double) preemptions));
    }

    /** One step, which begins now; how long it took. */
    long step(long nowMicros) {
        long budget = STEP_TOKENS;
        long decoded = 0;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.unread() == 0) {
                makeRoom(sequence);
                if (running.contains(sequence)) {
                    sequence.written++;
                    kvUsed++;
                    decoded++;
                    work += 2;
                }
            }
        }
        budget -= decoded;
        long prefilled = 0;
        for (Sequence sequence : List.copyOf(running)) {
            prefilled += prefill(sequence, budget - prefilled);
        }
        while (budget > prefilled && admits()) {
            Sequence sequence = waiting.remove();
            sequence.scheduledMicros = sequence.scheduledMicros < 0 ? nowMicros : sequence.scheduledMicros;
            running.add(sequence);
            kvUsed += sequence.unread();
            prefilled += prefill(sequence, budget - prefilled);
        }
        double millis = 10 + .05 * decoded + .045 * prefilled + 6e-5 * kvUsed;
        return (long) (1_000 * millis * slowness);
    }

    /** Who is over after a step; they are gone. */
    List<Sequence> over() {
        List<Sequence> over = running.stream().filter(Sequence::over).toList();
        running.removeAll(over);
        over.forEach(sequence -> kvUsed -= sequence.input + sequence.written);
        return over;
    }

    /** Who spoke for the first time in the last step. */
    List<Sequence> begun() {
        List<Sequence> begun = running.stream()
                .filter(sequence -> !sequence.spoke && sequence.unread() == 0)
                .toList();
        begun.forEach(sequence -> sequence.spoke = true);
        return begun;
    }

    private boolean admits() {
        return !waiting.isEmpty()
                && running.size() < SEQUENCES
                && kvUsed + waiting.element().unread() < kvTokens;
    }

    private long prefill(Sequence sequence, long budget) {
        long piece = Math.min(sequence.unread(), budget);
        work += Math.clamp(sequence.input - sequence.read, 0, sequence.again > 0 ? 0 : piece);
        sequence.read += piece;
        return piece;
    }

    /** Takes memory from the last who came, until one more token of this one has room. */
    private void makeRoom(Sequence sequence) {
        while (kvUsed >= kvTokens) {
            Sequence last = running.removeLast();
            preemptions++;
            kvUsed -= last.input + last.written;
            last.again = last.written;
            last.read = 0;
            waiting.addFirst(last);
            if (last == sequence) {
                return;
            }
        }
    }
}
