package io.atlas.kernel.capacity;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * The input that a backend has still to read, and how much of it may be on the way: as much as it reads in the time that a
 * first token takes anyway, and in the time that a request may wait inside it, {@link #WAIT_MICROS}. More would only wait
 * there, where nobody asks whose turn it is; less would leave it idle.
 *
 * <p>Nobody tells how fast a backend reads. So nothing is held back until answers come late: later than the first tokens of
 * those before whom nobody was, by more than half that wait. From then on the rate is what is read while anything is unread
 * and answers come late, since then the backend is never idle. Where answers are in time although requests were held back,
 * the rate was too small and is raised. (Round trip and rate measured apart, the rate only where the pipe is full: BBR,
 * "BBR: Congestion-Based Congestion Control", Cardwell et al., ACM Queue 2016. The cap itself: vLLM's
 * {@code --max-num-queued-tokens}, vllm-project/vllm#49445.)
 */
final class Prefill {
    /** How long a request may wait inside the backend before it is read. */
    static final long WAIT_MICROS = 350_000;

    /** An engine reads so much in one step, vLLM's default; who holds back less spares nobody a wait. */
    private static final long ONE_STEP_TOKENS = 2_048;

    /** So many first tokens are looked at together, and no shorter time than that. */
    private static final int ENOUGH = 8;

    private static final long SHORTEST_MICROS = 500_000;
    /** Who has no first token after so long is stuck, and what was sent after him is not behind him. */
    private static final long LONGEST_MICROS = 60_000_000;

    private static final double ALONE_THAT_COUNT = 16;
    private static final double SMOOTHING = 0.25;
    private static final double RAISE = 1.1;
    private static final double MOST_RAISED = 1.25;

    /** What is not read yet; first what is next taken to be, should nothing be heard of it. */
    private final PriorityQueue<Stay> unread =
            new PriorityQueue<>(Comparator.comparingLong((Stay stay) -> stay.readMicros));

    private long tokens;
    private int requests;
    private double tokensPerMicro;
    private double floorMicros = -1;
    private double aloneMicros = -1;

    private long busySinceMicros;
    private long busyMicros;
    private long readTokens;
    private int heard;
    private int late;
    private int veryLate;
    private boolean heldBack;
    private boolean slow;

    /** What is to be read. */
    long tokens() {
        return tokens;
    }

    /** How much of it there may be, where that is known. */
    OptionalLong most() {
        return tokensPerMicro == 0
                ? OptionalLong.empty()
                : OptionalLong.of(
                        Math.max(ONE_STEP_TOKENS, (long) (tokensPerMicro * (Math.max(0, floorMicros) + WAIT_MICROS))));
    }

    /** Whether so much input may be sent now; a request of any size, if nothing else is to be read. */
    boolean fits(long nowMicros) {
        while (!unread.isEmpty() && unread.element().readMicros <= nowMicros) {
            Stay stay = unread.element();
            readTokens += stay.whole ? stay.inputTokens : 0;
            leave(stay, nowMicros);
        }
        OptionalLong most = most();
        boolean fits = most.isEmpty() || tokens <= most.getAsLong();
        heldBack |= !fits;
        return fits;
    }

    void begin(Stay stay, long nowMicros) {
        if (requests == 0) {
            busySinceMicros = nowMicros;
        }
        requests++;
        tokens += stay.inputTokens;
        stay.readMicros = nowMicros + LONGEST_MICROS;
        unread.add(stay);
    }

    /** Nothing will be heard of its first token: it is taken to come when what was before it is read. */
    void unheard(Stay stay, long nowMicros) {
        if (unread.remove(stay)) {
            stay.whole = true;
            stay.readMicros = tokensPerMicro == 0
                    ? nowMicros
                    : stay.begunMicros + (long) Math.max(floorMicros, stay.toReadTokens / tokensPerMicro);
            unread.add(stay);
        }
    }

    /** Its first token is there. */
    void heard(Stay stay, long nowMicros) {
        if (!stay.unread) {
            return;
        }
        double readingMicros = tokensPerMicro == 0 ? 0 : stay.inputTokens / tokensPerMicro;
        double besideMicros = Math.max(0, nowMicros - stay.begunMicros - readingMicros);
        if (floorMicros < 0 || besideMicros < floorMicros) {
            floorMicros = besideMicros;
        } else if (stay.toReadTokens == stay.inputTokens) {
            floorMicros += (besideMicros - floorMicros) / ALONE_THAT_COUNT;
        }
        if (stay.toReadTokens == stay.inputTokens) {
            aloneMicros += aloneMicros < 0 ? 1 + besideMicros : (besideMicros - aloneMicros) / ALONE_THAT_COUNT;
        }
        double waitMicros = besideMicros - floorMicros;
        boolean behindOthers = stay.toReadTokens > Math.max(stay.inputTokens, ONE_STEP_TOKENS);
        heard++;
        late += behindOthers && waitMicros > WAIT_MICROS / 2.0 ? 1 : 0;
        veryLate += aloneMicros >= 0 && besideMicros > 2 * (aloneMicros + WAIT_MICROS) ? 1 : 0;
        readTokens += stay.inputTokens;
        leave(stay, nowMicros);
        long sinceMicros = busyMicros + (requests == 0 ? 0 : nowMicros - busySinceMicros);
        if (heard >= ENOUGH && sinceMicros >= SHORTEST_MICROS) {
            learn((double) readTokens / sinceMicros);
            busySinceMicros = nowMicros;
        }
    }

    /** It is over, whether its input was read or not. */
    void end(Stay stay, long nowMicros) {
        if (stay.unread) {
            leave(stay, nowMicros);
        }
    }

    /** Whether answers came very late since this was last asked, so late that there is too much else at the backend. */
    boolean wasSlow() {
        boolean was = slow;
        slow = false;
        return was;
    }

    private void leave(Stay stay, long nowMicros) {
        unread.remove(stay);
        stay.unread = false;
        tokens -= stay.inputTokens;
        requests--;
        if (requests == 0) {
            busyMicros += nowMicros - busySinceMicros;
        }
    }

    private void learn(double seenPerMicro) {
        boolean congested = 2 * late >= heard;
        if (tokensPerMicro == 0) {
            tokensPerMicro = congested ? seenPerMicro : 0;
        } else if (congested || seenPerMicro > tokensPerMicro) {
            tokensPerMicro += (seenPerMicro - tokensPerMicro) * SMOOTHING;
        } else if (heldBack) {
            tokensPerMicro = Math.max(tokensPerMicro, Math.min(tokensPerMicro * RAISE, seenPerMicro * MOST_RAISED));
        }
        slow |= 4 * veryLate >= heard;
        busyMicros = 0;
        readTokens = 0;
        heard = 0;
        late = 0;
        veryLate = 0;
        heldBack = false;
    }
}
