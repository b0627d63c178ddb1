package io.atlas.ledger.open;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Sorts;
import io.atlas.ledger.open.Survivor.Progress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The bytes of one request in the table: its state, what the answer came to so far, and behind them what never changes,
 * under a checksum. The state is stored last, with release order: a request that a state speaks of is whole.
 */
final class Slot {
    static final int BYTES = 2_048;

    private static final int FREE = 0;
    private static final int UNSENT = 0x4e45_5720;
    private static final int SENT = 0x5345_4e54;

    /** The first word, so that it can be read without the rest. */
    private static final long STATE_AT = 0;

    private static final long LENGTH_AT = 4;
    private static final long CHECKSUM_AT = 8;
    private static final long INPUT_AT = 16;
    private static final long OUTPUT_AT = 24;
    private static final int BODY_AT = 32;
    private static final int MAX_MODEL_CHARS = 128;
    private static final long STREAMED = 1;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle STATE = INT.varHandle();

    private final MemorySegment memory;
    private final Cursor body;
    private final ByteBuffer bodyBytes;
    private final CRC32C checksum = new CRC32C();

    Slot(MemorySegment memory) {
        this.memory = memory;
        MemorySegment rest = memory.asSlice(BODY_AT);
        this.body = new Cursor(rest);
        this.bodyBytes = rest.asByteBuffer();
    }

    /** Puts a request that is not sent into this slot, which is free. */
    void put(OpenRequest request) {
        body.restart();
        putBody(request);
        int length = (int) body.position();
        memory.set(INT, LENGTH_AT, length);
        memory.set(INT, CHECKSUM_AT, checksum(length));
        checkpoint(request.inputTokens(), 0);
        state(UNSENT);
    }

    void sent() {
        state(SENT);
    }

    void counted(long inputTokens) {
        memory.set(LONG, INPUT_AT, inputTokens);
    }

    void checkpoint(long inputTokens, long outputTokens) {
        counted(inputTokens);
        memory.set(LONG, OUTPUT_AT, outputTokens);
    }

    void free() {
        state(FREE);
    }

    /** Whether a slot that starts with that word is free. */
    static boolean isFree(int state) {
        return state == FREE;
    }

    /** What stands in a slot that is not free; nothing where it is torn. */
    Optional<Survivor> survivor() {
        return progress().flatMap(progress -> sound() ? Optional.of(read(progress)) : Optional.empty());
    }

    private Optional<Progress> progress() {
        return switch (memory.get(INT, STATE_AT)) {
            case UNSENT -> Optional.of(Progress.UNSENT);
            case SENT -> Optional.of(Progress.SENT);
            default -> Optional.empty();
        };
    }

    private boolean sound() {
        int length = memory.get(INT, LENGTH_AT);
        return length > 0
                && length <= BYTES - BODY_AT
                && memory.get(INT, CHECKSUM_AT) == checksum(length)
                && tokens(memory.get(LONG, INPUT_AT))
                && tokens(memory.get(LONG, OUTPUT_AT));
    }

    private static boolean tokens(long count) {
        return count >= 0 && count <= Usage.MAX_TOKENS;
    }

    private Survivor read(Progress progress) {
        body.restart();
        OpenRequest request = takeBody();
        Usage seen = Usage.of(memory.get(LONG, INPUT_AT), memory.get(LONG, OUTPUT_AT));
        return new Survivor(request, progress, seen);
    }

    private int checksum(int length) {
        checksum.reset();
        checksum.update(bodyBytes.position(0).limit(length));
        return (int) checksum.getValue();
    }

    private void state(int state) {
        STATE.setRelease(memory, STATE_AT, state);
    }

    private void putBody(OpenRequest request) {
        body.putText(request.id());
        body.putLong(request.atMicros());
        putCaller(request.caller());
        putAsked(request.asked());
        body.putText(request.served().model());
        body.putText(request.served().backend());
        body.putLong(request.inputTokens());
        putPrice(request.price());
        body.putText(request.priceVersion());
        body.putText(request.configuration());
        body.putText(Sorts.text(request.instead()));
        body.putText(request.asked().tags().text());
        putPrice(request.providerPrice());
        body.putLong(request.price().creditPicoUsd());
    }

    private OpenRequest takeBody() {
        OpenRequest request = new OpenRequest(
                body.takeText(),
                body.takeLong(),
                takeCaller(),
                takeAsked(),
                new Served(body.takeText(), body.takeText()),
                body.takeLong(),
                takePrice(),
                body.takeText(),
                body.takeText(),
                takeInstead(),
                Price.FREE);
        return request.with(takeTags(), takeProviderPrice(), takeCreditPicoUsd());
    }

    /** A slot that an older Atlas wrote ends before it. */
    private List<String> takeInstead() {
        return body.position() < memory.get(INT, LENGTH_AT) ? Sorts.of(body.takeText()) : List.of();
    }

    /** The same. */
    private Tags takeTags() {
        return body.position() < memory.get(INT, LENGTH_AT) ? Tags.of(body.takeText()) : Tags.NONE;
    }

    /** The same. */
    private Price takeProviderPrice() {
        return body.position() < memory.get(INT, LENGTH_AT) ? takePrice() : Price.FREE;
    }

    /** The same. */
    private long takeCreditPicoUsd() {
        return body.position() < memory.get(INT, LENGTH_AT) ? body.takeLong() : 0;
    }

    private void putPrice(Price price) {
        body.putLong(price.inputPicoUsd());
        body.putLong(price.cachedInputPicoUsd());
        body.putLong(price.outputPicoUsd());
    }

    private Price takePrice() {
        return new Price(body.takeLong(), body.takeLong(), body.takeLong());
    }

    private void putCaller(Caller caller) {
        body.putText(caller.tenant());
        body.putText(caller.team());
        body.putText(caller.user());
        body.putText(caller.key());
        body.putText(caller.tier());
        body.putText(caller.endUser());
    }

    private Caller takeCaller() {
        return new Caller(
                body.takeText(),
                body.takeOptional(),
                body.takeOptional(),
                body.takeText(),
                body.takeText(),
                body.takeOptional());
    }

    private void putAsked(Asked asked) {
        body.putText(asked.dialect());
        body.putText(asked.route());
        body.putText(bounded(asked.model()));
        body.putLong(asked.answering() == Answering.STREAMED ? STREAMED : 0);
        body.putLong(asked.maxTokens().orElse(-1));
    }

    private Asked takeAsked() {
        return new Asked(
                body.takeText(),
                body.takeText(),
                body.takeText(),
                body.takeLong() == STREAMED ? Answering.STREAMED : Answering.WHOLE,
                optional(body.takeLong()));
    }

    private static OptionalLong optional(long tokens) {
        return tokens < 0 ? OptionalLong.empty() : OptionalLong.of(tokens);
    }

    /** The name, cut where no model's is longer, but not within a surrogate pair. */
    private static String bounded(String model) {
        if (model.length() <= MAX_MODEL_CHARS) {
            return model;
        }
        return model.substring(0, model.offsetByCodePoints(0, model.codePointCount(0, MAX_MODEL_CHARS) - 1));
    }
}
