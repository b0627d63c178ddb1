package io.atlas.bench.load;

/**
 * Where requests go.
 *
 * @param port on 127.0.0.1
 * @param key the secret that is sent along
 */
public record Target(int port, String key) {}
