package io.atlas.model;

import io.atlas.secret.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A place where models run.
 *
 * @param url scheme, host, port and perhaps a path prefix; absent for {@link Type#SIM} only
 * @param concurrency requests at once
 * @param queue requests that may wait for one of those places
 * @param queueTimeout how long one may wait
 * @param simulation how a simulated one behaves; present for {@link Type#SIM} only
 * @param health when it counts as unhealthy
 */
public record Backend(
        String name,
        Type type,
        Optional<URI> url,
        Optional<Secret> apiKey,
        int concurrency,
        int queue,
        Duration queueTimeout,
        Optional<Simulation> simulation,
        Health health) {
    /** Requests at once where the backend says nothing. */
    public static final int DEFAULT_CONCURRENCY = 256;
    /** Places in the queue where the backend says nothing. */
    public static final int DEFAULT_QUEUE = 1_000;
    /** Time in the queue where the backend says nothing. */
    public static final Duration DEFAULT_QUEUE_TIMEOUT = Duration.ofSeconds(30);

    /** The kinds of backend, all of which speak OpenAI's API. */
    public enum Type {
        OPENAI,
        VLLM,
        SGLANG,
        OLLAMA,
        SIM;

        /** The type as configuration writes it: {@code vllm}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it tells of its capacity by metrics. */
        public boolean tellsOfItself() {
            return this == VLLM || this == SGLANG || this == SIM;
        }

        /** Whether it can send a running count of tokens with every chunk of a stream. */
        public boolean countsWhileStreaming() {
            return this == VLLM || this == SGLANG || this == SIM;
        }
    }
}
