package io.atlas.kernel.reason;

import java.util.Locale;
import java.util.Optional;

/**
 * The closed list of reasons for which a request is not served. The word is the same in errors, metrics, receipts and
 * documents.
 */
public enum Reason {
    INVALID_API_KEY(Blame.CALLER, 401, "invalid_request_error", Retry.NEVER),
    MODEL_NOT_FOUND(Blame.CALLER, 404, "invalid_request_error", Retry.NEVER),
    MODEL_NOT_IN_TIER(Blame.CALLER, 403, "permission_error", Retry.NEVER),
    TOO_MANY_END_USERS(Blame.LIMIT, 403, "permission_error", Retry.NEVER),
    TIER_NOT_CLAIMABLE(Blame.CALLER, 403, "permission_error", Retry.NEVER),
    INVALID_REQUEST(Blame.CALLER, 400, "invalid_request_error", Retry.NEVER),
    HEAD_TOO_LARGE(Blame.CALLER, 431, "invalid_request_error", Retry.NEVER),
    URI_TOO_LONG(Blame.CALLER, 414, "invalid_request_error", Retry.NEVER),
    BODY_TOO_LARGE(Blame.CALLER, 413, "invalid_request_error", Retry.NEVER),
    UNSUPPORTED_MEDIA_TYPE(Blame.CALLER, 415, "invalid_request_error", Retry.NEVER),
    NOT_FOUND(Blame.CALLER, 404, "invalid_request_error", Retry.NEVER),
    METHOD_NOT_ALLOWED(Blame.CALLER, 405, "invalid_request_error", Retry.NEVER),
    REQUEST_TIMEOUT(Blame.CALLER, 408, "invalid_request_error", Retry.NEVER),
    REQUEST_EXCEEDS_LIMIT(Blame.LIMIT, 400, "invalid_request_error", Retry.NEVER),
    BUDGET_EXHAUSTED(Blame.LIMIT, 429, "insufficient_quota", Retry.NEVER),
    QUOTA_EXHAUSTED(Blame.LIMIT, 429, "insufficient_quota", Retry.NEVER),
    QUOTA_RESERVED(Blame.LIMIT, 429, "tokens", Retry.SOON),
    RATE_LIMIT_EXCEEDED(Blame.LIMIT, 429, "tokens", Retry.AT_RESET),
    CONCURRENCY_EXCEEDED(Blame.LIMIT, 429, "requests", Retry.SOON),
    RETRY_STORM(Blame.LIMIT, 429, "requests", Retry.SOON),
    IDEMPOTENCY_MISMATCH(Blame.CALLER, 422, "invalid_request_error", Retry.NEVER),
    IDEMPOTENCY_IN_FLIGHT(Blame.CALLER, 409, "invalid_request_error", Retry.SOON),
    OVERLOADED(Blame.CAPACITY, 503, "server_error", Retry.SOON),
    QUOTA_UNAVAILABLE(Blame.US, 503, "server_error", Retry.SOON),
    BACKEND_UNAVAILABLE(Blame.UPSTREAM, 503, "server_error", Retry.SOON),
    BACKEND_ERROR(Blame.UPSTREAM, 502, "server_error", Retry.OPEN),
    BACKEND_REJECTED(Blame.CALLER, 400, "invalid_request_error", Retry.NEVER),
    STREAM_BROKEN(Blame.UPSTREAM, 502, "server_error", Retry.OPEN),
    CALLER_LEFT(Blame.CALLER, 499, "invalid_request_error", Retry.OPEN),
    INTERNAL_ERROR(Blame.US, 500, "server_error", Retry.OPEN),
    PROCESS_DIED(Blame.US, 500, "server_error", Retry.OPEN);

    /** Who would have to act for the request to pass. */
    public enum Blame {
        CALLER,
        LIMIT,
        CAPACITY,
        UPSTREAM,
        US
    }

    /** What a client library is told about trying again. */
    public enum Retry {
        /** Trying again cannot succeed: {@code x-should-retry: false}, no {@code Retry-After}. */
        NEVER,
        /** It can succeed after a second or so. */
        SOON,
        /** It succeeds at a moment that can be computed. */
        AT_RESET,
        /** Nothing is said; the library's own rules hold. */
        OPEN
    }

    private final Blame blame;
    private final int status;
    private final String type;
    private final Retry retry;
    private final String code;

    Reason(Blame blame, int status, String type, Retry retry) {
        this.blame = blame;
        this.status = status;
        this.type = type;
        this.retry = retry;
        this.code = name().toLowerCase(Locale.ROOT);
    }

    /** Who would have to act. */
    public Blame blame() {
        return blame;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }

    /** The {@code type} of OpenAI's error envelope; a limit that counts requests answers {@code requests} instead of {@code tokens}. */
    public String type() {
        return type;
    }

    /** The advice about trying again. */
    public Retry retry() {
        return retry;
    }

    /** The word of the closed list: {@code rate_limit_exceeded}. */
    public String code() {
        return code;
    }

    /** The reason of that word, if there is one. */
    public static Optional<Reason> of(String code) {
        for (Reason reason : values()) {
            if (reason.code.equals(code)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
