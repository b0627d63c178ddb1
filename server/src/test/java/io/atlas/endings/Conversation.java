package io.atlas.endings;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A caller on a plain socket, who reads a streamed answer event by event and may leave at any of them. */
final class Conversation implements AutoCloseable {
    private static final int USUAL_BUFFER_BYTES = 64 << 10;
    private static final int PATIENCE_MILLIS = (int) Await.PATIENCE.toMillis();

    private final Socket socket;
    private final InputStream in;
    private final Map<String, String> headers = new HashMap<>();
    private int status;
    private int restOfChunk;
    private boolean ended;

    private Conversation(int port, int bufferBytes) throws IOException {
        this.socket = new Socket();
        socket.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 10);
    }

    /** Asks, and reads nothing yet. */
    static Conversation ask(int port, String key, Question question) throws IOException {
        return ask(port, key, question, USUAL_BUFFER_BYTES);
    }

    /** Asks with a small room for what is unread. */
    static Conversation ask(int port, String key, Question question, int bufferBytes) throws IOException {
        Conversation conversation = new Conversation(port, bufferBytes);
        conversation.send(head(key, question.json().length()) + question.json());
        return conversation;
    }

    /** Asks again on the same connection, once the answer has been read to its end. */
    void askAgain(String key, Question question) throws IOException {
        status = 0;
        headers.clear();
        restOfChunk = 0;
        ended = false;
        send(head(key, question.json().length()) + question.json());
    }

    /** Sends only the first half of the body. */
    static Conversation askHalf(int port, String key, Question question) throws IOException {
        Conversation conversation = new Conversation(port, USUAL_BUFFER_BYTES);
        String body = question.json();
        conversation.send(head(key, body.length()) + body.substring(0, body.length() / 2));
        return conversation;
    }

    /** The status of the answer, waiting for it. */
    int status() throws IOException {
        if (status == 0) {
            status = Integer.parseInt(line().split(" ", 3)[1]);
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return status;
    }

    /** A header of the answer; empty where it has none. */
    String header(String name) throws IOException {
        status();
        return headers.getOrDefault(name, "");
    }

    /** The data of the next event; empty at the end of the transfer. */
    Optional<String> next() throws IOException {
        status();
        StringBuilder event = new StringBuilder();
        for (int b = body(); b >= 0; b = body()) {
            event.append((char) b);
            if (event.length() > 1 && event.charAt(event.length() - 2) == '\n' && b == '\n') {
                return Optional.of(event.substring("data: ".length(), event.length() - 2));
            }
        }
        return Optional.empty();
    }

    /** Reads so many words of the answer. */
    List<String> words(int count) throws IOException {
        List<String> words = new ArrayList<>();
        while (words.size() < count) {
            String event = next().orElseThrow(() -> new EOFException("the answer ended before its words"));
            words.addAll(wordsOf(List.of(event)));
        }
        return words;
    }

    /** The words that these events bring. */
    static List<String> wordsOf(List<String> events) {
        return events.stream()
                .filter(event -> event.startsWith("{"))
                .map(event -> Desk.json(event)
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .asString(""))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** All events that are still to come. */
    List<String> rest() throws IOException {
        List<String> events = new ArrayList<>();
        for (Optional<String> event = next(); event.isPresent(); event = next()) {
            events.add(event.get());
        }
        return events;
    }

    /** Reads the answer to its end: whether that is the end of a stream, or of all that was announced. */
    boolean endsWell() throws IOException {
        status();
        if (headers.containsKey("content-length")) {
            int length = Integer.parseInt(header("content-length"));
            return in.readNBytes(length).length == length;
        }
        List<String> events = rest();
        return !events.isEmpty() && events.getLast().equals("[DONE]");
    }

    /** Whether the other side has closed the connection, with nothing more on it. */
    boolean closed() throws IOException {
        return in.read() < 0;
    }

    /** Leaves, as a process does that is killed. */
    void leave() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String head(String key, int length) {
        return "POST /v1/chat/completions HTTP/1.1\r\nhost: atlas\r\nauthorization: Bearer " + key
                + "\r\ncontent-type: application/json\r\ncontent-length: " + length + "\r\n\r\n";
    }

    private void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The next byte of a chunked body; negative at its end. */
    private int body() throws IOException {
        if (restOfChunk == 0 && !ended) {
            restOfChunk = Integer.parseInt(line(), 16);
            ended = restOfChunk == 0;
            if (ended) {
                line();
            }
        }
        if (ended) {
            return -1;
        }
        int b = read();
        restOfChunk--;
        if (restOfChunk == 0) {
            line();
        }
        return b;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = read(); b != '\n'; b = read()) {
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }

    private int read() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the connection ended within the answer");
        }
        return b;
    }
}
