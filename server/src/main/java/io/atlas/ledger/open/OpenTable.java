package io.atlas.ledger.open;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requests that are open, in a memory-mapped file: what is stored there belongs to the operating system from that
 * moment on, and outlives the process without a system call. Safe for use by several threads.
 */
public final class OpenTable implements AutoCloseable {
    private final TableFile file;
    /** Made when they are first used; guarded by whoever holds the slot. */
    private final @Nullable Slot[] slots;

    private final List<Survivor> survivors;
    private final int torn;
    private final BitSet left;

    /** A stack: the slot that was freed last is taken next, so that few pages of the file are in use. */
    private final int[] free;

    private int freeCount;

    private OpenTable(TableFile file) {
        this.file = file;
        this.slots = new Slot[file.slots()];
        this.free = new int[slots.length];
        this.left = file.slotsInUse();
        for (int i = slots.length - 1; i >= 0; i--) {
            if (!left.get(i)) {
                free[freeCount++] = i;
            }
        }
        this.survivors = left.stream()
                .mapToObj(index -> slot(index).survivor())
                .flatMap(Optional::stream)
                .toList();
        this.torn = left.cardinality() - survivors.size();
    }

    /**
     * Opens the file, or makes it; one process at a time may have it.
     *
     * @param slots at least how many requests can be open at once: a file never shrinks
     */
    public static OpenTable open(Path file, int slots) {
        return new OpenTable(TableFile.open(file, slots));
    }

    /** What a process that died had left open when this one opened the file. */
    public List<Survivor> survivors() {
        return survivors;
    }

    /** Slots that were in use when the file was opened, but whose content cannot be trusted. */
    public int tornSlots() {
        return torn;
    }

    /** Frees the slots of all survivors, and the torn ones: what was worth keeping of them is in the ledger. */
    public void clearSurvivors() {
        synchronized (free) {
            left.stream().forEach(this::release);
            left.clear();
        }
    }

    /** Writes an open request down, as not sent; nothing where every slot is in use. */
    public Optional<OpenSlot> claim(OpenRequest request) {
        int index;
        synchronized (free) {
            if (freeCount == 0) {
                return Optional.empty();
            }
            index = free[--freeCount];
        }
        try {
            slot(index).put(request);
            return Optional.of(new Claim(index));
        } catch (IllegalArgumentException e) {
            release(index);
            throw e;
        }
    }

    /** Lets go of the file. No slot may be used any more. */
    @Override
    public void close() {
        file.close();
    }

    private Slot slot(int index) {
        Slot known = slots[index];
        if (known != null) {
            return known;
        }
        Slot made = new Slot(file.slot(index));
        slots[index] = made;
        return made;
    }

    private void release(int index) {
        slot(index).free();
        synchronized (free) {
            free[freeCount++] = index;
        }
    }

    /** One request's hold on its slot; after {@link #clear} it does nothing, for the slot may be another's. */
    private final class Claim implements OpenSlot {
        private final int index;
        private boolean cleared;

        private Claim(int index) {
            this.index = index;
        }

        @Override
        public void sent() {
            if (!cleared) {
                slot(index).sent();
            }
        }

        @Override
        public void counted(long inputTokens) {
            if (!cleared) {
                slot(index).counted(inputTokens);
            }
        }

        @Override
        public void checkpoint(long inputTokens, long outputTokens) {
            if (!cleared) {
                slot(index).checkpoint(inputTokens, outputTokens);
            }
        }

        @Override
        public void clear() {
            if (!cleared) {
                cleared = true;
                release(index);
            }
        }
    }
}
