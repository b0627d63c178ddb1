package io.atlas.ledger.open;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A place in a stretch of memory that moves on with what is written or read there. Allocates nothing for ASCII. */
final class Cursor {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final short ABSENT = -1;
    private static final int FIRST_BEYOND_ASCII = 0x80;

    private final MemorySegment memory;
    private long at;

    Cursor(MemorySegment memory) {
        this.memory = memory;
    }

    /** Bytes passed since the start. */
    long position() {
        return at;
    }

    void restart() {
        at = 0;
    }

    void putLong(long value) {
        at = next(Long.BYTES);
        memory.set(LONG, at - Long.BYTES, value);
    }

    long takeLong() {
        at = next(Long.BYTES);
        return memory.get(LONG, at - Long.BYTES);
    }

    void putText(String text) {
        long start = next(Short.BYTES);
        if (start + text.length() > memory.byteSize()) {
            throw full();
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= FIRST_BEYOND_ASCII) {
                putBytes(text.getBytes(StandardCharsets.UTF_8));
                return;
            }
            memory.set(BYTE, start + i, (byte) c);
        }
        memory.set(SHORT, at, (short) text.length());
        at = start + text.length();
    }

    void putText(Optional<String> text) {
        if (text.isPresent()) {
            putText(text.get());
        } else {
            at = next(Short.BYTES);
            memory.set(SHORT, at - Short.BYTES, ABSENT);
        }
    }

    String takeText() {
        return takeOptional().orElse("");
    }

    Optional<String> takeOptional() {
        at = next(Short.BYTES);
        short length = memory.get(SHORT, at - Short.BYTES);
        if (length == ABSENT) {
            return Optional.empty();
        }
        long start = at;
        at = next(length);
        byte[] bytes = memory.asSlice(start, length).toArray(BYTE);
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    private void putBytes(byte[] bytes) {
        long start = next(Short.BYTES);
        if (start + bytes.length > memory.byteSize()) {
            throw full();
        }
        MemorySegment.copy(bytes, 0, memory, BYTE, start, bytes.length);
        memory.set(SHORT, at, (short) bytes.length);
        at = start + bytes.length;
    }

    private long next(int bytes) {
        if (at + bytes > memory.byteSize()) {
            throw full();
        }
        return at + bytes;
    }

    private IllegalArgumentException full() {
        return new IllegalArgumentException(
                "open request: longer than its slot (expected: at most " + memory.byteSize() + " bytes)");
    }
}
