package io.atlas.wire;

/** Requests by the letter. */
final class Raw {
    static final String CRLF = "\r\n";
    static final String AUTH = "authorization: Bearer " + Gate.KEY + CRLF;
    static final String HOST = "host: atlas" + CRLF;
    static final String LINE = "POST /v1/chat/completions HTTP/1.1" + CRLF;
    static final String CHUNKED = "transfer-encoding: chunked" + CRLF;

    private Raw() {}

    static String body(String mark) {
        return "{\"model\":\"m\",\"user\":\"" + mark
                + "\",\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    }

    /** A body of that many bytes, which is JSON. */
    static String body(String mark, int bytes) {
        String body = body(mark);
        return body + " ".repeat(bytes - body.length());
    }

    static String chat(String mark) {
        return chat(mark, "");
    }

    /** A good request but for these lines of its head. */
    static String chat(String mark, String lines) {
        return sized(lines, body(mark));
    }

    static String sized(String lines, String body) {
        return LINE + HOST + AUTH + lines + "content-length: " + body.length() + CRLF + CRLF + body;
    }

    /** A request whose body is framed by these lines alone. */
    static String framed(String lines, String body) {
        return LINE + HOST + AUTH + lines + CRLF + body;
    }

    static String chunked(String body) {
        return framed(CHUNKED, body);
    }

    /** A body as one chunk with that after its size, and its end. */
    static String chunk(String body, String extension) {
        return Integer.toHexString(body.length()) + extension + CRLF + body + CRLF;
    }

    static String get(String target) {
        return "GET " + target + " HTTP/1.1" + CRLF + HOST + AUTH + CRLF;
    }

    static String get(String target, String lines) {
        return "GET " + target + " HTTP/1.1" + CRLF + HOST + AUTH + lines + CRLF;
    }
}
