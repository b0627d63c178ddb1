package io.atlas.http;

import io.atlas.dialect.neutral.Fault;
import io.atlas.http.Head.Framing;
import io.atlas.http.Head.Sequel;
import io.atlas.kernel.reason.Reason;
import java.util.Optional;

/**
 * Reads the head of a request as RFC 9112 writes it, and nothing that only looks like it: what two readers could
 * understand in two ways is refused. A pure function of the bytes.
 */
final class HeadReader {
    /** A field, its name and value together; also a request line. */
    static final int MAX_LINE_BYTES = 8 << 10;
    /** Fields, every pair within a {@code Cookie} counted: memory is spent on each, however short it is. */
    static final int MAX_FIELDS = 100;

    private static final int MAX_LENGTH_DIGITS = 18;
    private static final int MINOR_VERSION = "HTTP/1.".length();
    private static final Framing NO_BODY = new Framing.Sized(0);

    private final Fields fields = new Fields();
    private Span method = new Span(new byte[0], 0, 0);
    private Span target = method;
    private boolean oldVersion;

    private HeadReader() {}

    /** Reads a whole head, from its first byte to the end of its empty line; all of its lines end in CR LF. */
    static Head read(byte[] head) {
        return new HeadReader().all(new Span(head, 0, head.length));
    }

    private Head all(Span head) {
        int end = head.indexOf('\r', 0);
        Optional<Fault> wrong = requestLine(head.part(0, end));
        for (int start = end + 2; wrong.isEmpty() && start < head.length() - 2; start = end + 2) {
            end = head.indexOf('\r', start);
            wrong = fields.read(head.part(start, end));
        }
        return wrong.or(this::meaning)
                .<Head>map(Head.Refused::new)
                .orElseGet(() -> new Head.Accepted(framing(), oldVersion ? Sequel.NOTHING : Sequel.ANOTHER));
    }

    private Optional<Fault> requestLine(Span line) {
        if (line.length() > MAX_LINE_BYTES) {
            return Optional.of(
                    Fault.of(Reason.URI_TOO_LONG, "the request line is longer than " + MAX_LINE_BYTES + " bytes"));
        }
        int methodEnd = line.indexOf(' ', 0);
        int targetEnd = line.indexOf(' ', Math.min(methodEnd + 1, line.length()));
        if (targetEnd == line.length()) {
            return wrong("the request line is not METHOD TARGET HTTP/1.1");
        }
        method = line.part(0, methodEnd);
        target = line.part(methodEnd + 1, targetEnd);
        return Fields.token(method)
                ? version(line.part(targetEnd + 1, line.length()))
                : wrong("the method is no token");
    }

    private Optional<Fault> version(Span version) {
        boolean first = version.length() == MINOR_VERSION + 1 && version.startsWith("HTTP/1.");
        if (!first || (version.at(MINOR_VERSION) != '0' && version.at(MINOR_VERSION) != '1')) {
            return wrong("the version is not HTTP/1.1");
        }
        oldVersion = version.at(MINOR_VERSION) == '0';
        return Optional.empty();
    }

    /** What the parts of the head say together. */
    private Optional<Fault> meaning() {
        if (method.is("CONNECT") || method.is("TRACE")) {
            return Optional.of(Fault.of(Reason.METHOD_NOT_ALLOWED, "this gateway is no tunnel and no mirror"));
        }
        if (fields.host().isEmpty() && !oldVersion) {
            return wrong("Host: missing");
        }
        return Target.problem(target, method, fields.host())
                .flatMap(HeadReader::wrong)
                .or(this::framingProblem);
    }

    private Optional<Fault> framingProblem() {
        if (!fields.contentLength()
                .map(length -> length.isNumber(MAX_LENGTH_DIGITS))
                .orElse(true)) {
            return wrong("Content-Length: not a number of 1 to " + MAX_LENGTH_DIGITS + " digits");
        }
        boolean chunked = fields.transferEncoding().isPresent();
        if (chunked && (oldVersion || fields.contentLength().isPresent())) {
            return wrong("Transfer-Encoding: neither beside Content-Length nor in HTTP/1.0");
        }
        if (!fields.transferEncoding()
                .map(coding -> coding.isIgnoringCase("chunked"))
                .orElse(true)) {
            return wrong("Transfer-Encoding: not 'chunked' alone");
        }
        boolean bodiless = method.is("GET") || method.is("HEAD");
        return bodiless && !framing().equals(NO_BODY) ? wrong("a GET or HEAD has no body here") : Optional.empty();
    }

    private Framing framing() {
        if (fields.transferEncoding().isPresent()) {
            return new Framing.Chunked();
        }
        return fields.contentLength()
                .<Framing>map(text -> new Framing.Sized(text.number()))
                .orElse(NO_BODY);
    }

    static Optional<Fault> wrong(String message) {
        return Optional.of(Fault.of(Reason.INVALID_REQUEST, message));
    }
}
