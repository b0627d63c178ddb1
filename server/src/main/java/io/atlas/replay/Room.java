package io.atlas.replay;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all recordings of a process may take together. */
final class Room {
    private final AtomicLong free;

    Room(long bytes) {
        free = new AtomicLong(bytes);
    }

    /** Takes so many, unless there are not as many left. */
    boolean take(int bytes) {
        if (free.addAndGet(-bytes) >= 0) {
            return true;
        }
        giveBack(bytes);
        return false;
    }

    void giveBack(int bytes) {
        free.addAndGet(bytes);
    }
}
