package io.atlas.kernel.capacity;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What is at one backend, and whether one more request may go there: no more requests at once than it takes, no more tokens
 * than its memory holds, and no more input to be read than it reads soon. What it can take is given or told by it where it
 * is known, and learned from how it answers: {@link Prefill}, {@link Trim}. A request begins to count when it is begun and
 * not when it arrives there, so that many who come at once do not all find the same room.
 *
 * <p>Whoever owns it holds a lock; nothing here knows a clock. Every {@link #begin} has its {@link #end}, after which nothing
 * of it is left.
 */
public final class Endpoint {
    /** What a backend told is worth nothing after so long. */
    static final long FRESH_MICROS = 3_000_000;

    private static final double INPUT_PART = 0.95;
    private static final long ADJUST_MICROS = 1_000_000;

    private final Trim trim;
    private final Prefill prefill = new Prefill();
    private int running;
    private long kvUsed;
    private long inputUsed;
    private OptionalLong kvTokens = OptionalLong.empty();
    private OptionalDouble preemptions = OptionalDouble.empty();
    private Reading told = Reading.NOTHING;
    private long toldMicros = Long.MIN_VALUE / 2;
    private long adjustedMicros = Long.MIN_VALUE / 2;

    /** A backend of which nothing is known but that it may have so many requests at once. */
    public Endpoint(int requests) {
        this.trim = new Trim(requests);
    }

    /** It may have so many requests at once from now on; what is there stays. */
    public void bound(int requests) {
        trim.bound(requests);
    }

    /**
     * What there is too little of for one more request, or empty where it may be sent.
     *
     * @param outputTokens how many it will likely write
     */
    public Optional<Scarce> lacks(long inputTokens, long outputTokens, long nowMicros) {
        if (running == 0) {
            return Optional.empty();
        }
        Optional<Scarce> lacking = lacking(inputTokens, outputTokens, nowMicros);
        lacking.ifPresent(trim::heldBack);
        return lacking;
    }

    /** It is sent. */
    public Stay begin(long inputTokens, long outputTokens, long nowMicros) {
        Stay stay = new Stay(inputTokens, outputTokens, prefill.tokens() + inputTokens, nowMicros);
        running++;
        kvUsed += stay.kvTokens();
        inputUsed += inputTokens;
        prefill.begin(stay, nowMicros);
        return stay;
    }

    /** Its answer has, or will soon have, so many tokens. */
    public void grow(Stay stay, long outputTokens) {
        if (!stay.over && outputTokens > stay.outputTokens) {
            kvUsed += outputTokens - stay.outputTokens;
            stay.outputTokens = outputTokens;
        }
    }

    /** The first token of its answer is there; that of others is not known of. */
    public void firstToken(Stay stay, long nowMicros) {
        prefill.heard(stay, nowMicros);
        if (prefill.wasSlow()) {
            trim.slow();
        }
    }

    /** Its answer comes as a whole, so that nobody will hear of a first token. */
    public void comesWhole(Stay stay, long nowMicros) {
        prefill.unheard(stay, nowMicros);
    }

    /** It is over, however that came; a second time changes nothing. */
    public void end(Stay stay, long nowMicros) {
        if (stay.over) {
            return;
        }
        stay.over = true;
        running--;
        kvUsed -= stay.kvTokens();
        inputUsed -= stay.inputTokens;
        prefill.end(stay, nowMicros);
    }

    /** The backend says that it has too much to do, or did not answer in time. */
    public void overloaded() {
        trim.refused();
    }

    /** The backend tells of itself. */
    public void read(Reading reading, long nowMicros) {
        if (reading.kvTokens().isPresent()) {
            kvTokens = reading.kvTokens();
            trim.knowsMemory();
        }
        double before = preemptions.orElse(Double.MAX_VALUE);
        if (reading.preemptions().orElse(0) > before) {
            trim.beganAgain();
        }
        preemptions = reading.preemptions();
        told = reading;
        toldMicros = nowMicros;
    }

    /** Time has passed. To be called more often than once a second; adjusts what was learned once in it. */
    public void pass(long nowMicros) {
        if (nowMicros - adjustedMicros >= ADJUST_MICROS) {
            adjustedMicros = nowMicros;
            trim.adjust(nowMicros - toldMicros <= FRESH_MICROS ? worthTelling() : Reading.NOTHING, running);
        }
    }

    /** Whether it has as many requests as it may, so that somebody is held back now. */
    public boolean full() {
        boolean full = running >= trim.requests();
        if (full) {
            trim.heldBack(Scarce.REQUESTS);
        }
        return full;
    }

    /** How many requests it may have at once. */
    public int requests() {
        return trim.requests();
    }

    /** How many it has. */
    public int running() {
        return running;
    }

    /** What is in use, and how much may be. */
    public List<Room> rooms() {
        return List.of(
                new Room(Scarce.REQUESTS, running, OptionalLong.of(trim.requests())),
                new Room(Scarce.KV_TOKENS, kvUsed, mostKv()),
                new Room(Scarce.PREFILL_TOKENS, prefill.tokens(), prefill.most()));
    }

    private Optional<Scarce> lacking(long inputTokens, long outputTokens, long nowMicros) {
        if (running >= trim.requests()) {
            return Optional.of(Scarce.REQUESTS);
        }
        if (kvTokens.isPresent() && !hasMemory(kvTokens.getAsLong(), inputTokens, outputTokens)) {
            return Optional.of(Scarce.KV_TOKENS);
        }
        return prefill.fits(nowMicros) ? Optional.empty() : Optional.of(Scarce.PREFILL_TOKENS);
    }

    /** What is expected must fit by what was learned; and what is read takes memory at once, whatever was learned. */
    private boolean hasMemory(long memory, long inputTokens, long outputTokens) {
        return kvUsed + inputTokens + outputTokens <= trim.kvTokens(memory)
                && inputUsed + inputTokens <= memory * INPUT_PART;
    }

    /** Its own queue is of no concern as long as it is known to be short in time. */
    private Reading worthTelling() {
        return prefill.most().isEmpty() ? told : told.withoutQueue();
    }

    private OptionalLong mostKv() {
        return kvTokens.isPresent() ? OptionalLong.of(trim.kvTokens(kvTokens.getAsLong())) : OptionalLong.empty();
    }
}
