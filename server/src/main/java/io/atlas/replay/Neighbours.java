package io.atlas.replay;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What other nodes know of requests that come again. Nothing of it blocks or fails: where they cannot be asked, they know
 * nothing.
 */
public interface Neighbours extends AutoCloseable {
    /** What a node that shares nothing has. */
    Neighbours NONE = new Nobody();

    /** Whether another node has an answer. */
    enum Finding {
        /** It has: the recording is written, and ended, as that node tells. */
        FOUND,
        /** None has: the recording is as it was, and whoever asked goes on by himself. */
        UNKNOWN
    }

    /**
     * Asks whether another node gives the answer that this recording is for, or has given it a moment ago. Completes when
     * some of it is here, or when it is clear that there is none.
     */
    CompletionStage<Finding> find(Recording recording);

    /** A request was sent here, and nobody was served by it: one more of its row, on every node. */
    void unserved(RequestName name, long begunMicros);

    /** A request that was not served before was served here: its row is over, on every node. */
    void served(RequestName name);

    @Override
    void close();

    /** Nobody. */
    final class Nobody implements Neighbours {
        private Nobody() {}

        @Override
        public CompletionStage<Finding> find(Recording recording) {
            return CompletableFuture.completedStage(Finding.UNKNOWN);
        }

        @Override
        public void unserved(RequestName name, long begunMicros) {}

        @Override
        public void served(RequestName name) {}

        @Override
        public void close() {}
    }
}
