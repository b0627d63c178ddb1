package io.atlas.wire;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One answer, as it came. */
record RawReply(int status, Map<String, String> headers, String body) {
    /** Reads the next final answer of a connection; an interim one before it is left out. */
    static RawReply read(BufferedInputStream in) throws IOException {
        RawReply reply = one(in);
        return reply.status < 200 ? one(in) : reply;
    }

    /** Reads the next answer, an interim one too. */
    static RawReply one(BufferedInputStream in) throws IOException {
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new RawReply(status, headers, status < 200 ? "" : body(in, headers));
    }

    private static String body(BufferedInputStream in, Map<String, String> headers) throws IOException {
        if (headers.containsKey("content-length")) {
            byte[] body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
            return new String(body, StandardCharsets.UTF_8);
        }
        if (!headers.containsKey("transfer-encoding")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> chunks = new ArrayList<>();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            chunks.add(new String(in.readNBytes(size), StandardCharsets.UTF_8));
            line(in);
        }
        line(in);
        return String.join("", chunks);
    }

    private static String line(BufferedInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended after: " + line);
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }
}
