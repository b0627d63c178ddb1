package io.atlas.config;

/** Where the counters are kept. */
public sealed interface QuotaSettings {
    /** In the memory of the one node. */
    record InMemory() implements QuotaSettings {}

    /**
     * In a Redis that all nodes share.
     *
     * @param url where it is; it may hold a password, so it is never shown
     */
    record InRedis(String url) implements QuotaSettings {
        @Override
        public String toString() {
            return "redis";
        }
    }
}
