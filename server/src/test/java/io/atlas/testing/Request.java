package io.atlas.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request as HTTP/1.1 brings it; names of headers are in lower case. */
record Request(String method, String path, Map<String, String> headers, String body) {
    private static final int MAX_LINE_BYTES = 64 << 10;
    private static final int MAX_HEADERS = 200;
    private static final int MAX_BODY_BYTES = 64 << 20;

    /** The next request of a connection; empty where the client closed it instead. */
    static Optional<Request> read(BufferedInputStream in) throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return Optional.empty();
        }
        in.reset();
        String[] first = line(in).split(" ", 3);
        if (first.length < 3) {
            throw new IOException("not a request line: " + String.join(" ", first));
        }
        Map<String, String> headers = headers(in);
        return Optional.of(new Request(first[0], first[1], headers, body(in, headers)));
    }

    private static Map<String, String> headers(BufferedInputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty() && headers.size() < MAX_HEADERS; line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String body(BufferedInputStream in, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
                take(in, size, body);
                line(in);
            }
            line(in);
        } else {
            take(in, Integer.parseInt(headers.getOrDefault("content-length", "0")), body);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static int chunkSize(BufferedInputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    private static void take(BufferedInputStream in, int bytes, ByteArrayOutputStream body) throws IOException {
        if (bytes > MAX_BODY_BYTES - body.size()) {
            throw new IOException("body: more than " + MAX_BODY_BYTES + " bytes");
        }
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the client left within a body");
        }
        body.write(read);
    }

    private static String line(BufferedInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() == MAX_LINE_BYTES) {
                throw new EOFException("no end of line after " + line.length() + " bytes");
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }
}
