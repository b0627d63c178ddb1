package io.atlas.pool;

import io.atlas.model.PoolMove;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where moves between pools are kept. */
public interface MoveStore {
    /** Those that hold or held lately, the oldest first. Blocks. */
    List<PoolMove> load();

    /** Writes one, and forgets those of the other ids; the stage fails where that could not be done. */
    CompletionStage<Void> write(PoolMove move, List<String> forgottenIds);
}
