package io.atlas.upstream;

import io.atlas.model.Backend;
import java.util.Optional;

/** What differs from one type of backend to the next in how it is spoken to. */
public final class Dialing {
    private Dialing() {}

    /**
     * The only name of the output's bound that a backend knows, or empty where it takes either. Ollama reads no other
     * than {@code max_tokens}, so that a bound under the newer name would bind nothing.
     */
    public static Optional<String> outputField(Backend backend) {
        return backend.type() == Backend.Type.OLLAMA ? Optional.of("max_tokens") : Optional.empty();
    }
}
