package io.atlas.config;

import io.atlas.secret.Secret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The listeners and the bounds of the wire.
 *
 * @param adminToken what the admin listener asks for; absent only where it is open, in {@code dev} on loopback
 * @param metrics where {@code /metrics} is served alone, without a token
 * @param data the folder of the embedded database and the table of open requests
 */
public record ServerSettings(
        Endpoint listen,
        Endpoint admin,
        Optional<Secret> adminToken,
        Optional<Endpoint> metrics,
        Path data,
        WireLimits limits) {
    /** How much a caller may send: open connections, bytes of a body, bytes of a head. */
    public record WireLimits(int connections, int bodyBytes, int headBytes) {
        /** 10,000 connections, bodies of 10 MiB, heads of 32 KiB. */
        public static final WireLimits DEFAULT = new WireLimits(10_000, 10 << 20, 32 << 10);
    }
}
