package io.atlas.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The way out of a connection. */
final class Wire {
    private static final String STREAM_HEAD = """
            HTTP/1.1 200 OK\r
            content-type: text/event-stream\r
            transfer-encoding: chunked\r
            \r
            """;

    private static final String END = "0\r\n\r\n";

    private final Socket socket;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /** A whole answer in JSON. */
    void plain(int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String retry = status == 429 || status == 503 ? "retry-after: 1\r\n" : "";
        String head = "HTTP/1.1 " + status + " Oracle\r\ncontent-type: application/json\r\n" + retry
                + "content-length: " + body.length + "\r\n\r\n";
        write(head + json);
    }

    /** The beginning of a stream. */
    void open() throws IOException {
        write(STREAM_HEAD);
    }

    /** One event of a stream, as one chunk of the transfer. */
    void event(String data) throws IOException {
        write(chunk("data: " + data + "\n\n"));
    }

    /** The last event of a stream together with the end of the transfer, in one write. */
    void done() throws IOException {
        write(chunk("data: [DONE]\n\n") + END);
    }

    /** The end of the transfer alone. */
    void end() throws IOException {
        write(END);
    }

    /** These bytes, whatever they mean. */
    void raw(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Closes the connection in order. */
    void close() throws IOException {
        socket.close();
    }

    /** Resets the connection, so that the client sees an error and no end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
