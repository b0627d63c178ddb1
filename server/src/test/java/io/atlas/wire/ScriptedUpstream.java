package io.atlas.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A model server that answers every request with the same bytes, and then ends the connection. */
final class ScriptedUpstream implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5_000;

    private final ServerSocket listener;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile String answer = "";

    private ScriptedUpstream(ServerSocket listener) {
        this.listener = listener;
    }

    static ScriptedUpstream start() {
        try {
            ScriptedUpstream upstream = new ScriptedUpstream(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("scripted-accept").start(upstream::accept);
            return upstream;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Answers with these bytes from now on, one for each character. */
    void answer(String bytes) {
        answer = bytes;
    }

    /** How many requests it has read. */
    int requests() {
        return requests.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().name("scripted-answer").start(() -> serve(socket));
            } catch (IOException _) {
                // Closed while it waited: the loop ends by its condition.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            int length = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.startsWith("content-length: ")) {
                    length = Integer.parseInt(line.substring("content-length: ".length()));
                }
            }
            in.readNBytes(length);
            requests.incrementAndGet();
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            in.read();
        } catch (IOException _) {
            // The gateway is gone, or says nothing more.
        }
    }

    private static String line(BufferedInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("no request");
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }
}
