package io.atlas.admission;

import io.atlas.config.Snapshot;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Identified;
import io.atlas.kernel.reason.Reason;
import io.atlas.keys.KeyText;
import io.atlas.secret.Digest;
import io.atlas.time.TimeSource;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whom a request is from. The key may stand in any of three headers, since client libraries differ; a request with two
 * different ones is from nobody. An unknown, a mistyped, a revoked and an expired key get the same answer.
 */
public final class Identify {
    /** What every key that is not good gets. */
    public static final Fault INVALID_KEY = Fault.of(
            Reason.INVALID_API_KEY,
            "Incorrect API key provided. Send a valid key as 'Authorization: Bearer KEY', 'x-api-key' or 'api-key'.");

    private static final String BEARER = "Bearer ";
    private static final int MAX_KEY_CHARACTERS = 256;

    private final Supplier<Snapshot> snapshot;
    private final TimeSource time;

    /** Looks keys up in the configuration of the moment. */
    public Identify(Supplier<Snapshot> snapshot, TimeSource time) {
        this.snapshot = snapshot;
        this.time = time;
    }

    /** The caller that the request's key stands for. */
    public Optional<Identified> caller(HttpServerRequest request) {
        Snapshot now = snapshot.get();
        return key(request.headers())
                .filter(key -> !KeyText.isBroken(key))
                .flatMap(key -> now.principal(Digest.of(key), time.epochMicros()))
                .map(principal -> new Identified(now, principal));
    }

    private static Optional<String> key(MultiMap headers) {
        Optional<String> key = Optional.empty();
        for (String value : headers.getAll(HttpHeaders.AUTHORIZATION)) {
            if (!value.regionMatches(true, 0, BEARER, 0, BEARER.length()) || key.isPresent()) {
                return Optional.empty();
            }
            key = Optional.of(value.substring(BEARER.length()).strip());
        }
        for (String name : List.of("x-api-key", "api-key")) {
            for (String value : headers.getAll(name)) {
                if (key.isPresent() && !key.get().equals(value)) {
                    return Optional.empty();
                }
                key = Optional.of(value);
            }
        }
        return key.filter(text -> !text.isEmpty() && text.length() <= MAX_KEY_CHARACTERS);
    }
}
