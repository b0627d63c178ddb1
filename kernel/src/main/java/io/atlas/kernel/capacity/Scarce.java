package io.atlas.kernel.capacity;

import java.util.Locale;

/** What a backend can have too little of for one more request. */
public enum Scarce {
    /** Requests at once. */
    REQUESTS,
    /** Tokens in its memory: what was read, and what is written of the answers. */
    KV_TOKENS,
    /** Input tokens that it has still to read. */
    PREFILL_TOKENS;

    /** The word as answers and metrics write it: {@code kv_tokens}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
