package io.atlas.testing;

import io.atlas.testing.Entry.Ending;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;

/** One connection: a thread reads it, and sees the client leave, while another answers. */
final class Connection {
    private static final String MODELS =
            "{\"object\":\"list\",\"data\":[{\"id\":\"echo\",\"object\":\"model\",\"created\":0,\"owned_by\":\"oracle\"}]}";

    private final BufferedInputStream in;
    private final Wire wire;
    private final Journal journal;
    private final Map<String, RawAnswer> raw;

    Connection(Socket socket, Journal journal, Map<String, RawAnswer> raw) throws IOException {
        this.in = new BufferedInputStream(socket.getInputStream());
        this.wire = new Wire(socket);
        this.journal = journal;
        this.raw = raw;
    }

    /** Answers one request after the other until the client leaves. */
    void serve() throws IOException {
        Optional<Request> request = Request.read(in);
        while (request.isPresent()) {
            answer(request.get());
            request = Request.read(in);
        }
    }

    private void answer(Request request) throws IOException {
        switch (request.method() + " " + request.path()) {
            case "POST " + Ask.CHAT, "POST " + Ask.COMPLETION, "POST " + Ask.EMBEDDING -> model(request);
            case "GET /v1/models" -> wire.plain(200, MODELS);
            case "GET /health" -> wire.plain(200, "{}");
            default -> wire.plain(404, Replies.error(404));
        }
    }

    private void model(Request request) throws IOException {
        Ask ask = Ask.of(request);
        Entry entry = new Entry(ask.mark(), request.headers(), request.body(), ask.promptTokens());
        int number = journal.add(entry);
        Behaviour behaviour = raw.containsKey(ask.model())
                ? new Behaviour.Recite(raw.get(ask.model()))
                : Behaviour.of(ask.model(), number);
        Thread answering = Thread.ofVirtual().name("oracle-answer").start(new Answer(ask, behaviour, entry, wire));
        try {
            watch(entry);
        } finally {
            join(answering);
        }
    }

    /** Returns with the first byte of the next request, which comes after the answer, or when the client has left. */
    private void watch(Entry entry) {
        try {
            in.mark(1);
            if (in.read() < 0) {
                entry.end(Ending.LEFT);
            }
            in.reset();
        } catch (IOException _) {
            entry.end(Ending.LEFT);
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }
}
