package io.atlas.keys;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where the records of issued keys are kept. */
public interface KeyStore {
    /** All of them. Blocks. */
    List<KeyRecord> load();

    /**
     * Writes these records, each instead of the one of its id, and removes those of the other ids: all or nothing. The
     * stage completes when it is as durable as the ledger.
     */
    CompletionStage<Void> write(List<KeyRecord> records, List<String> forgottenIds);
}
