package io.atlas.bench;

/**
 * Where requests go.
 *
 * @param port on 127.0.0.1
 * @param key the secret that is sent along
 */
record Target(int port, String key) {}
