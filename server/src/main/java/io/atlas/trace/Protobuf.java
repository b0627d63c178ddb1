package io.atlas.trace;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Messages of protobuf that are being written, one field after the other. It grows to the longest that was ever written,
 * and is used again. Owned by one thread.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the encoding</a>
 */
final class Protobuf {
    /** What is kept free for a length before it is known. */
    private static final int LENGTH_BYTES = 3;

    private static final int MOST_BYTES = (1 << (7 * LENGTH_BYTES)) - 1;

    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int COUNTED = 2;
    private static final int FOUR_BYTES = 5;

    /** More than a tag and a number take. */
    private static final int ROOM_FOR_ONE = 16;

    private byte[] bytes;
    private int length;

    /** One that is empty, and has room for so many bytes before it grows. */
    Protobuf(int firstBytes) {
        bytes = new byte[firstBytes];
    }

    /** A field as it stands in every message that has it with this text. */
    static byte[] text(int field, String value) {
        Protobuf one = new Protobuf(ROOM_FOR_ONE);
        one.put(field, value);
        return one.copy();
    }

    /** A field as it stands in every message that has it with this number. */
    static byte[] number(int field, long value) {
        Protobuf one = new Protobuf(ROOM_FOR_ONE);
        one.put(field, value);
        return one.copy();
    }

    /** How many bytes a number takes. */
    static int size(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    /** Begins anew. */
    void clear() {
        length = 0;
    }

    /** How many bytes were written. */
    int length() {
        return length;
    }

    /** What was written, itself: good until more is. */
    ByteBuffer all() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** What was written, to keep. */
    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** Begins a message in that field; what is said of it until its {@link #end} is in it. */
    int begin(int field) {
        room(ROOM_FOR_ONE);
        tag(field, COUNTED);
        length += LENGTH_BYTES;
        return length;
    }

    /** The message that was begun there is whole. */
    void end(int begun) {
        int counted = length - begun;
        if (counted > MOST_BYTES) {
            throw new IllegalStateException(
                    "a message of " + counted + " bytes (expected: at most " + MOST_BYTES + ")");
        }
        length = begun - LENGTH_BYTES;
        varint(counted);
        System.arraycopy(bytes, begun, bytes, length, counted);
        length += counted;
    }

    /** So many bytes come next in that field: a message, or an id. */
    void counted(int field, int count) {
        room(ROOM_FOR_ONE);
        tag(field, COUNTED);
        varint(count);
    }

    /** A text in that field. */
    void put(int field, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        counted(field, text.length);
        written(text);
    }

    /** A number in that field, in as few bytes as it takes. */
    void put(int field, long value) {
        room(ROOM_FOR_ONE);
        tag(field, VARINT);
        varint(value);
    }

    /** A number of eight bytes in that field. */
    void fixed64(int field, long value) {
        room(ROOM_FOR_ONE);
        tag(field, EIGHT_BYTES);
        little(value, Long.BYTES);
    }

    /** A number of four bytes in that field. */
    void fixed32(int field, int value) {
        room(ROOM_FOR_ONE);
        tag(field, FOUR_BYTES);
        little(value, Integer.BYTES);
    }

    /** Eight bytes of an id, the highest first. */
    void big(long value) {
        room(Long.BYTES);
        little(Long.reverseBytes(value), Long.BYTES);
    }

    /** What is written already. */
    void written(byte[] some) {
        room(some.length);
        System.arraycopy(some, 0, bytes, length, some.length);
        length += some.length;
    }

    private void tag(int field, int form) {
        varint(((long) field << 3) | form);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void little(long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) (value >>> (8 * i));
        }
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
