package io.atlas.dialect.neutral;

import io.atlas.kernel.reason.Reason;
import java.util.Optional;

/**
 * Why a request is not served, in words for its caller.
 *
 * @param status of the answer; that of the reason unless a backend decided it
 * @param code the reason's word, or one that names the field
 * @param param the field that is wrong
 */
public record Fault(Reason reason, int status, String type, String code, String message, Optional<String> param) {
    /** A fault of that reason. */
    public static Fault of(Reason reason, String message) {
        return new Fault(reason, reason.status(), reason.type(), reason.code(), message, Optional.empty());
    }

    /** A header that is not as it must be. */
    public static Fault ofHeader(String header, String message) {
        Reason reason = Reason.INVALID_REQUEST;
        String code = "invalid_" + header.replace('-', '_');
        return new Fault(reason, reason.status(), reason.type(), code, message, Optional.of(header));
    }

    /** A field of the body that is not as it must be. */
    public static Fault ofField(String field, String message) {
        Reason reason = Reason.INVALID_REQUEST;
        return new Fault(reason, reason.status(), reason.type(), "invalid_" + field, message, Optional.of(field));
    }
}
