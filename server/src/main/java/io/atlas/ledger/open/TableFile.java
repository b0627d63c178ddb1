package io.atlas.ledger.open;

import io.atlas.kernel.unit.Check;
import io.atlas.ledger.LedgerException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * The file of the table: a header, and slots of equal size behind it. It is locked while it is open. Every byte is
 * written before it is mapped, so that a full disk is met here and not at a store into memory.
 */
final class TableFile implements AutoCloseable {
    static final int HEADER_BYTES = 64;

    private static final int MAX_SLOTS = 1 << 19;
    private static final long MAGIC = 0x4154_4c41_534f_5045L;
    private static final int VERSION = 2;
    private static final int CHUNK_BYTES = 1 << 20;

    private final FileChannel channel;
    private final int slots;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    private TableFile(FileChannel channel, int slots) throws IOException {
        this.channel = channel;
        this.slots = slots;
        this.memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, length(slots), arena);
    }

    static TableFile open(Path file, int slots) {
        Check.within(1, slots, MAX_SLOTS, "slots");
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                return open(file, channel, slots);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LedgerException("open requests: " + file + " (expected: a table, or a place for a new one)", e);
        }
    }

    int slots() {
        return slots;
    }

    /** The bytes of one slot. */
    MemorySegment slot(int index) {
        return memory.asSlice(length(index), Slot.BYTES);
    }

    /** The slots that are not free. They are read, for to look at them in the mapping would make all of it resident. */
    BitSet slotsInUse() {
        BitSet used = new BitSet(slots);
        ByteBuffer some = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.nativeOrder());
        try {
            for (int first = 0; first < slots; first += CHUNK_BYTES / Slot.BYTES) {
                int count = Math.min(CHUNK_BYTES / Slot.BYTES, slots - first);
                readFully(some.clear().limit(count * Slot.BYTES), length(first));
                for (int i = 0; i < count; i++) {
                    used.set(first + i, !Slot.isFree(some.getInt(i * Slot.BYTES)));
                }
            }
            return used;
        } catch (IOException e) {
            throw new LedgerException("open requests: not read", e);
        }
    }

    private void readFully(ByteBuffer bytes, long from) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("the file was cut off");
            }
        }
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            throw new LedgerException("open requests: not closed", e);
        }
    }

    private static TableFile open(Path file, FileChannel channel, int wanted) throws IOException {
        lock(file, channel);
        int slots = existing(file, channel);
        if (slots < wanted) {
            extend(channel, wanted);
            writeHeader(channel, wanted);
        }
        return new TableFile(channel, Math.max(slots, wanted));
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new LedgerException("open requests: " + file + " is in use (expected: by one process)", e);
        }
        throw new LedgerException("open requests: " + file + " is in use (expected: by one process)");
    }

    /** The slots that the file has; none where it is new, or was not finished when it was. */
    private static int existing(Path file, FileChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        int read = channel.read(header, 0);
        if (read < HEADER_BYTES || isNew(header)) {
            if (read > 0 && read < HEADER_BYTES) {
                throw new LedgerException("open requests: " + file + " has " + read + " bytes (expected: a table)");
            }
            return 0;
        }
        expect(file, "magic", header.getLong(0), MAGIC);
        expect(file, "version", header.getInt(8), VERSION);
        expect(file, "bytes of a slot", header.getInt(12), Slot.BYTES);
        int slots = (int) Check.within(1, header.getInt(16), MAX_SLOTS, "slots of " + file);
        if (channel.size() < length(slots)) {
            expect(file, "length", channel.size(), length(slots));
        }
        return slots;
    }

    private static boolean isNew(ByteBuffer header) {
        return header.flip().equals(ByteBuffer.allocate(HEADER_BYTES));
    }

    private static void expect(Path file, String what, long found, long expected) {
        if (found != expected) {
            throw new LedgerException(
                    "open requests: " + what + " of " + file + ": " + found + " (expected: " + expected + ")");
        }
    }

    private static void extend(FileChannel channel, int slots) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long at = channel.size();
        while (at < length(slots)) {
            zeros.clear().limit((int) Math.min(CHUNK_BYTES, length(slots) - at));
            at += channel.write(zeros, at);
        }
    }

    private static void writeHeader(FileChannel channel, int slots) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, Slot.BYTES).putInt(16, slots);
        while (header.hasRemaining()) {
            channel.write(header, header.position());
        }
    }

    private static long length(int slots) {
        return HEADER_BYTES + (long) slots * Slot.BYTES;
    }
}
