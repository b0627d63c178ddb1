package io.atlas.http;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.reason.Reason;
import java.util.Optional;

/** The fields of a head, or of the trailers of a body: each checked as it is read, the few that matter here kept. */
final class Fields {
    private static final Optional<Fault> FINE = Optional.empty();

    private int count;
    private Optional<Span> host = Optional.empty();
    private Optional<Span> contentLength = Optional.empty();
    private Optional<Span> transferEncoding = Optional.empty();
    private Optional<Span> contentType = Optional.empty();
    private Optional<Span> contentEncoding = Optional.empty();
    private Optional<Span> expect = Optional.empty();

    Optional<Span> host() {
        return host;
    }

    Optional<Span> contentLength() {
        return contentLength;
    }

    Optional<Span> transferEncoding() {
        return transferEncoding;
    }

    /** Takes the next line; says what is wrong with it. */
    Optional<Fault> read(Span line) {
        if (line.length() > HeadReader.MAX_LINE_BYTES) {
            return tooLarge("a header is longer than " + HeadReader.MAX_LINE_BYTES + " bytes");
        }
        int colon = line.indexOf(':', 0);
        if (colon == line.length()) {
            return HeadReader.wrong("a header has no colon");
        }
        Span name = line.part(0, colon);
        if (!token(name)) {
            return HeadReader.wrong("the name of a header is no token");
        }
        Span value = line.part(colon + 1, line.length()).stripped();
        for (int i = 0; i < value.length(); i++) {
            if (!Octets.value(value.at(i))) {
                return HeadReader.wrong("the value of a header has a control character");
            }
        }
        count += 1 + (name.isIgnoringCase("cookie") ? pairsAfterTheFirst(value) : 0);
        return count > HeadReader.MAX_FIELDS
                ? tooLarge("there are more than " + HeadReader.MAX_FIELDS + " headers")
                : known(name, value);
    }

    static boolean token(Span text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Octets.token(text.at(i))) {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** Each name that means something here has a length of its own, or is told from its fellows by its first letter. */
    private Optional<Fault> known(Span name, Span value) {
        return switch (name.length()) {
            case 4 -> name.isIgnoringCase("host") ? host(value) : FINE;
            case 6 -> name.isIgnoringCase("expect") ? expect(value) : FINE;
            case 7 -> alias(name, "api-key");
            case 9 -> alias(name, "x-api-key");
            case 12 -> name.isIgnoringCase("content-type") ? contentType(value) : alias(name, "content-type");
            case 14 -> name.isIgnoringCase("content-length") ? contentLength(value) : alias(name, "content-length");
            case 16 ->
                name.isIgnoringCase("content-encoding") ? contentEncoding(value) : alias(name, "content-encoding");
            case 17 ->
                name.isIgnoringCase("transfer-encoding") ? transferEncoding(value) : alias(name, "transfer-encoding");
            case 18 -> oldWebSocket(name);
            default -> FINE;
        };
    }

    private Optional<Fault> host(Span value) {
        boolean once = host.isEmpty();
        host = Optional.of(value);
        return once && Target.authority(value) ? FINE : HeadReader.wrong("Host: not one name or address");
    }

    private Optional<Fault> expect(Span value) {
        boolean once = expect.isEmpty();
        expect = Optional.of(value);
        return once && value.isIgnoringCase("100-continue") ? FINE : HeadReader.wrong("Expect: not '100-continue'");
    }

    private Optional<Fault> contentType(Span value) {
        boolean once = contentType.isEmpty();
        contentType = Optional.of(value);
        return once ? FINE : twice("Content-Type");
    }

    private Optional<Fault> contentEncoding(Span value) {
        boolean once = contentEncoding.isEmpty();
        contentEncoding = Optional.of(value);
        return once ? FINE : twice("Content-Encoding");
    }

    private Optional<Fault> contentLength(Span value) {
        boolean once = contentLength.isEmpty();
        contentLength = Optional.of(value);
        return once ? FINE : twice("Content-Length");
    }

    private Optional<Fault> transferEncoding(Span value) {
        boolean once = transferEncoding.isEmpty();
        transferEncoding = Optional.of(value);
        return once ? FINE : twice("Transfer-Encoding");
    }

    private static Optional<Fault> twice(String name) {
        return HeadReader.wrong(name + ": more than once");
    }

    /** Many servers read an underscore in a name as a hyphen: the name would then be another one, with a meaning here. */
    private static Optional<Fault> alias(Span name, String meaning) {
        for (int i = 0; i < name.length(); i++) {
            boolean same = name.at(i) == '_'
                    ? meaning.charAt(i) == '-'
                    : name.part(i, i + 1).isIgnoringCase(meaning.substring(i, i + 1));
            if (!same) {
                return FINE;
            }
        }
        return name.indexOf('_', 0) == name.length()
                ? FINE
                : HeadReader.wrong("the name of a header differs from '" + meaning + "' by an underscore");
    }

    /** With this field of a draft that never became a standard, Netty takes 8 bytes after the head for a body. */
    private static Optional<Fault> oldWebSocket(Span name) {
        boolean old = name.isIgnoringCase("sec-websocket-key1") || name.isIgnoringCase("sec-websocket-key2");
        return old ? HeadReader.wrong("this gateway does not speak WebSocket") : FINE;
    }

    private static int pairsAfterTheFirst(Span cookies) {
        int pairs = 0;
        for (int i = 0; i < cookies.length(); i++) {
            pairs += cookies.at(i) == ';' ? 1 : 0;
        }
        return pairs;
    }

    private static Optional<Fault> tooLarge(String message) {
        return Optional.of(Fault.of(Reason.HEAD_TOO_LARGE, message));
    }
}
