package io.atlas.pool;

import io.atlas.model.PoolMove;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where moves between pools are kept, by one node or by many. One {@link Moves} of a node asks it. */
public interface MoveStore {
    /** What became of a change. */
    enum Written {
        /** It is as durable as the ledger. */
        DONE,
        /** Nothing was written, since another node has made a change that this one has not loaded. */
        OUTDATED
    }

    /**
     * Those that hold or held lately, the oldest first. Where they cannot be asked, those that this node knew when it was
     * stopped, if it is for the first time; later it throws, so that whoever asks does it again. Blocks.
     */
    List<PoolMove> load();

    /** Writes these, and forgets those of the other ids; the stage fails where that could not be done. */
    CompletionStage<Written> write(List<PoolMove> moves, List<String> forgottenIds);
}
