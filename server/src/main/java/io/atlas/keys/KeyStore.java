package io.atlas.keys;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where the records of issued keys are kept, by one node or by many. One {@link KeyRing} of a node asks it. */
public interface KeyStore {
    /** What became of a change. */
    enum Written {
        /** It is as durable as the ledger. */
        DONE,
        /** Nothing was written, since another node has made a change that this one has not loaded. */
        OUTDATED
    }

    /** All of them, as they are now, or as they last were as far as this node knows. Blocks. */
    List<KeyRecord> load();

    /**
     * Writes these records, each instead of the one of its id, and removes those of the other ids: all or nothing. The
     * stage fails where that could not be done, or is not known to be.
     */
    CompletionStage<Written> write(List<KeyRecord> records, List<String> forgottenIds);
}
