package io.atlas.store.redis;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How much of the server's memory this node has filled with answers. The server must never throw anything away, as it
 * keeps the counters; so whoever fills it has to know when to stop.
 */
final class AnswerRoom {
    private final int mostNames;
    private final long mostBytes;
    private final long keptMicros;
    private final Deque<Taken> taken = new ArrayDeque<>();
    private long bytes;

    AnswerRoom(int mostNames, long mostBytes, long keptMicros) {
        this.mostNames = mostNames;
        this.mostBytes = mostBytes;
        this.keptMicros = keptMicros;
    }

    private record Taken(long untilMicros, int bytes) {}

    /** Takes room for a name with so many bytes; false where there is none. */
    synchronized boolean take(int more, long nowMicros) {
        while (!taken.isEmpty() && taken.getFirst().untilMicros <= nowMicros) {
            bytes -= taken.removeFirst().bytes;
        }
        if (taken.size() >= mostNames || bytes + more > mostBytes) {
            return false;
        }
        taken.addLast(new Taken(nowMicros + keptMicros, more));
        bytes += more;
        return true;
    }
}
